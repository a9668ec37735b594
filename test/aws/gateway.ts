import assert from "node:assert/strict";
import { test } from "node:test";

import { toPlatform } from "../../gateway/src/platform.ts";
import { object, ofKind, stackFile } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { awsGraph, stacks } from "./aws-graph.ts";

const namespace = "spark-gateway";
const claim = (graph: Graph): Fields =>
  recordAt(object(graph, "PersistentVolumeClaim", "gateway-data", namespace).inputs, "spec");

for (const stack of stacks) {
  const host = `api.${stack === "dev" ? "dev." : ""}spark.example.org`;

  test(`the API is at the pages' load balancer, with a name in its certificate and a record (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const { spec, metadata } = object(graph, "Ingress", "gateway", namespace).inputs;
    const pages = object(graph, "Ingress", "front-door", "spark-ui").inputs;
    assert.equal(at(spec, "ingressClassName"), at(pages, "spec", "ingressClassName"));
    assert.equal(at(spec, "tls"), undefined, "the load balancer has the certificate");
    assert.equal(at(metadata, "annotations", "alb.ingress.kubernetes.io/healthcheck-path"), "/readyz");
    const certificate = graph.only("aws:acm/certificate:Certificate");
    assert.deepEqual(certificate.inputs["subjectAlternativeNames"], [
      `*.pages.${host.slice("api.".length)}`,
      host,
    ]);
    const records = graph.all("aws:route53/record:Record").filter(({ inputs }) => inputs["name"] === host);
    assert.deepEqual(
      records.map(({ inputs }) => inputs["type"]),
      ["A"],
    );
    assert.deepEqual(at(graph.outputs, "gateway", "url"), `https://${host}`);
    assert.deepEqual(at(graph.outputs, "gateway", "records"), []);
  });

  test(`its volume is of the cluster's own class, encrypted, and stays where data must (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const [storageClass, ...others] = ofKind(graph, "StorageClass");
    assert.deepEqual(others, []);
    const { provisioner, parameters, reclaimPolicy, metadata } = storageClass?.inputs ?? {};
    assert.equal(provisioner, "ebs.csi.eks.amazonaws.com");
    assert.equal(at(parameters, "encrypted"), "true");
    assert.equal(reclaimPolicy, stack === "prod" ? "Retain" : "Delete");
    assert.equal(claim(graph)["storageClassName"], at(metadata, "name"));
  });

  test(`it is told of S3 by region alone, and who it is by its account (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const file = textAt(
      object(graph, "ConfigMap", "gateway-config", namespace).inputs,
      "data",
      "platform.json",
    );
    const { storage, pages, cluster } = toPlatform(parseJson(file ?? ""));
    assert.equal(storage?.endpoint, undefined);
    assert.equal(storage?.region, "eu-central-1");
    assert.equal(storage.pathStyle, false);
    assert.equal(storage.uploads, "store");
    const url = textAt(graph.outputs, "ui", "url");
    assert.equal(pages?.url, url);
    assert.equal(pages?.origins, url?.replace("https://", "https://pages."));
    assert.equal(cluster, stack);
  });
}

test("with PostgreSQL it has no disk, and its pods take over once the load balancer knows them", async () => {
  const gateway = {
    kind: "alb",
    host: "api.dev.spark.example.org",
    database: { kind: "postgres", url: "postgres://a:b@db.test/gateway" },
  };
  const graph = await awsGraph("dev", { keys: { gateway } });
  assert.deepEqual(ofKind(graph, "PersistentVolumeClaim"), []);
  const spec = recordAt(object(graph, "Deployment", "gateway", namespace).inputs, "spec");
  assert.equal(spec["minReadySeconds"], 30);
  assert.equal(at(spec, "template", "spec", "terminationGracePeriodSeconds"), 50);
});

test("where a client came from is believed of the load balancer alone, where no pod has an address of its own", async () => {
  const seen = async (scheme: string): Promise<readonly unknown[]> => {
    const ui = { ...recordAt(stackFile("dev"), "ui"), scheme };
    const graph = await awsGraph("dev", { keys: { ui } });
    const spec = recordAt(object(graph, "Deployment", "gateway", namespace).inputs, "spec");
    const env = listAt(listAt(spec, "template", "spec", "containers")[0], "env");
    const policy = recordAt(object(graph, "NetworkPolicy", "gateway", namespace).inputs, "spec");
    return [
      at(
        env.find((each) => at(each, "name") === "TRUSTED_PROXIES"),
        "value",
      ),
      at(listAt(policy, "ingress")[0], "from"),
    ];
  };
  const graph = await awsGraph("dev");
  const cidrs = graph
    .all("aws:ec2/subnet:Subnet")
    .filter(({ inputs }) => at(inputs, "tags", "kubernetes.io/role/elb") === "1")
    .map(({ inputs }) => String(inputs["cidrBlock"]));
  assert.equal(cidrs.length, 3);
  const from = cidrs.map((cidr) => ({ ipBlock: { cidr } }));
  assert.deepEqual(await seen("internet-facing"), [cidrs.join(","), from]);
  assert.deepEqual(await seen("internal"), [undefined, undefined]);
});
