import assert from "node:assert/strict";
import { test } from "node:test";
import { isDeepStrictEqual } from "node:util";

import { nameOf, namespaceOf, object, ofKind, upstream } from "../support/graph.ts";
import { at, listAt, recordAt } from "../../local/kube/json.ts";
import type { Graph, Registration } from "../support/mocks.ts";
import { awsGraph, stacks } from "./aws-graph.ts";

const associationType = "aws:eks/podIdentityAssociation:PodIdentityAssociation";
const associations = (graph: Graph): readonly string[] =>
  graph
    .all(associationType)
    .map(({ inputs }) => `${String(inputs["namespace"])}/${String(inputs["serviceAccount"])}`);

for (const stack of stacks) {
  test(`each service account that reaches the bucket has its role, and no other account has one (${stack})`, async () => {
    const graph = await awsGraph(stack);
    assert.deepEqual([...associations(graph)].sort(), [
      "analytics/spark",
      "spark-gateway/gateway",
      "spark-history/history",
      "spark-operator/spark-operator-controller",
    ]);
    const roles = graph.all(associationType).map(({ inputs }) => inputs["roleArn"]);
    assert.equal(new Set(roles).size, 4);
  });

  test(`no pod holds a key: there is no secret of S3, and nothing names one (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const secrets = ofKind(graph, "Secret").map((each) => `${namespaceOf(each) ?? ""}/${nameOf(each)}`);
    assert.ok(secrets.length > 0);
    assert.deepEqual(
      secrets.filter((name) => name.includes("s3-")),
      [],
    );
    const workloads = [...ofKind(graph, "Deployment"), ...graph.all("kubernetes:helm.sh/v3:Release")];
    for (const { name, inputs } of workloads)
      assert.ok(!JSON.stringify(inputs).includes("AWS_SECRET_ACCESS_KEY"), name);
  });

  test(`pods start when their account has its role (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const association = (account: string): Registration => {
      const found = graph
        .all(associationType)
        .find(
          ({ inputs }) => `${String(inputs["namespace"])}/${String(inputs["serviceAccount"])}` === account,
        );
      assert.ok(found, account);
      return found;
    };
    const operator = graph.only("kubernetes:helm.sh/v3:Release");
    assert.ok(operator.dependsOn.includes(association("spark-operator/spark-operator-controller").urn));
    assert.ok(operator.dependsOn.includes(association("analytics/spark").urn));
    const history = graph.only("kubernetes:apps/v1:Deployment", "history-server");
    assert.ok(history.dependsOn.includes(association("spark-history/history").urn));
    const gateway = graph.only("kubernetes:apps/v1:Deployment", "gateway-server");
    assert.ok(gateway.dependsOn.includes(association("spark-gateway/gateway").urn));
  });

  test(`jobs run on their own nodes, and ask the agent for who they are (${stack})`, async () => {
    const graph = await awsGraph(stack);
    const pools = new Map(ofKind(graph, "NodePool").map((pool) => [nameOf(pool), pool] as const));
    assert.deepEqual([...pools.keys()].sort(), ["drivers", "executors", "platform"]);
    for (const application of ofKind(graph, "SparkApplication")) {
      const spec = recordAt(application.inputs, "spec");
      assert.match(
        JSON.stringify(spec["sparkConf"]),
        /awssdk\.auth\.credentials\.DefaultCredentialsProvider/,
      );
      for (const [role, pool] of [
        ["driver", "drivers"],
        ["executor", "executors"],
      ] as const) {
        assert.equal(recordAt(spec, role, "envVars")["AWS_EC2_METADATA_DISABLED"], "true", role);
        const template = recordAt(spec, role, "template", "spec");
        const taints = listAt(pools.get(pool)?.inputs, "spec", "template", "spec", "taints").map((taint) =>
          recordAt(taint),
        );
        const tolerations = listAt(template, "tolerations").map((toleration) => recordAt(toleration));
        for (const { key, value, effect } of taints)
          assert.ok(
            tolerations.some(
              (each) => each["key"] === key && each["value"] === value && each["effect"] === effect,
            ),
            pool,
          );
        const labels = recordAt(pools.get(pool)?.inputs, "spec", "template", "metadata", "labels");
        for (const [key, value] of Object.entries(recordAt(template, "nodeSelector")))
          assert.equal(labels[key], value, `${role} ${key}`);
      }
    }
  });

  test(`whoever has an identity reaches the agent that gives it, and S3 (${stack})`, async () => {
    const graph = await awsGraph(stack);
    for (const [namespace, policy] of [
      ["analytics", "spark"],
      ["spark-gateway", "gateway"],
      ["spark-history", "history"],
      ["spark-operator", "spark-operator"],
    ] as const) {
      const egress = listAt(object(graph, "NetworkPolicy", policy, namespace).inputs, "spec", "egress");
      const agent = {
        to: [{ ipBlock: { cidr: "169.254.170.23/32" } }],
        ports: [{ protocol: "TCP", port: 80 }],
      };
      assert.ok(
        egress.some((rule) => isDeepStrictEqual(rule, agent)),
        namespace,
      );
      assert.ok(egress.some((rule) => isDeepStrictEqual(rule, { ports: [{ protocol: "TCP", port: 443 }] })));
    }
  });

  test(`visitors log in at a name that is made of the pages' host (${stack})`, async () => {
    const { inputs } = (await awsGraph(stack)).only("aws:cognito/userPoolDomain:UserPoolDomain");
    assert.equal(inputs["domain"], stack === "dev" ? "dev-spark-example-org" : "spark-example-org");
  });
}

test("nodes trust the stack's own authority where it vouches for the registry, and no further one where not", async () => {
  const host = "registry.dev.spark.example.org";
  const registry = { kind: "vm", host, certificate: { kind: "private" } };
  const graph = await awsGraph("dev", { keys: { registry } });
  const pem = graph.only("tls:index/selfSignedCert:SelfSignedCert", "ca-certificate");
  for (const nodeClass of ofKind(graph, "NodeClass")) {
    const bundles = listAt(nodeClass.inputs, "spec", "certificateBundles");
    assert.equal(bundles.length, 1);
    assert.match(Buffer.from(String(at(bundles[0], "data")), "base64").toString(), /BEGIN CERTIFICATE/);
    assert.ok(upstream(graph, nodeClass).has(pem.urn));
  }
  for (const nodeClass of ofKind(await awsGraph("dev"), "NodeClass"))
    assert.equal(at(nodeClass.inputs, "spec", "certificateBundles"), undefined);
});
