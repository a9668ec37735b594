import assert from "node:assert/strict";
import { test } from "node:test";

import { environmentSchema, fileVariables } from "../../gateway/src/environment.ts";
import { toPlatform } from "../../gateway/src/platform.ts";
import { hashToken, kindOf } from "../../gateway/src/tokens/token.ts";
import { kubernetes, localGraph, nameOf, namespaceOf, object, texts } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import { withDex } from "./ui-stacks.ts";
import {
  atNodes,
  behindIngress,
  container,
  deployment,
  environment,
  gatewayGraph,
  mark,
  namespace,
  platform,
  policy,
  postgres,
  secret,
} from "./gateway-stack.ts";

test("without the key there is no gateway", async () => {
  const graph = await localGraph();
  const there = kubernetes(graph).filter((each) =>
    `${namespaceOf(each) ?? ""} ${nameOf(each)} ${each.name}`.includes("gateway"),
  );
  assert.deepEqual(there, []);
  assert.deepEqual(graph.outputs["gateway"], {});
});

test("at a port of the nodes it ends TLS itself, with a certificate of the stack's authority", async () => {
  const graph = await gatewayGraph();
  const service = recordAt(object(graph, "Service", "gateway", namespace).inputs, "spec");
  assert.equal(service["type"], "NodePort");
  assert.deepEqual(service["ports"], [{ name: "https", port: 443, targetPort: "https", nodePort: 30445 }]);
  assert.deepEqual(service["selector"], at(deployment(graph), "template", "metadata", "labels"));
  const request = graph.only("tls:index/certRequest:CertRequest", "gateway-request");
  assert.deepEqual(request.inputs["dnsNames"], ["api.test"]);
  assert.deepEqual(listAt(container(graph), "ports")[0], { name: "https", containerPort: 8443 });
  const { API_ADDRESS, TRUSTED_PROXIES, TLS_CERTIFICATE_FILE } = environment(graph);
  assert.deepEqual([API_ADDRESS, TRUSTED_PROXIES], ["0.0.0.0:8443", undefined]);
  const mount = listAt(container(graph), "volumeMounts").find((each) => at(each, "name") === "tls");
  assert.equal(`${String(at(mount, "mountPath"))}/tls.crt`, TLS_CERTIFICATE_FILE);
  for (const probe of ["startupProbe", "readinessProbe", "livenessProbe"])
    assert.equal(at(container(graph), probe, "httpGet", "scheme"), "HTTPS");
  const { url: api, records, certificateAuthority } = recordAt(graph.outputs, "gateway");
  assert.equal(api, "https://api.test:30445");
  assert.deepEqual(records, [{ name: "api.test", target: "the cluster's nodes" }]);
  assert.match(String(certificateAuthority), /BEGIN CERTIFICATE/);
});

test("behind an Ingress it speaks plain HTTP, and believes nobody where a client came from", async () => {
  const graph = await localGraph({ gateway: behindIngress });
  const { spec } = object(graph, "Ingress", "gateway", namespace).inputs;
  assert.equal(at(spec, "ingressClassName"), "web");
  assert.deepEqual(at(spec, "tls"), [{ hosts: ["api.test"], secretName: "gateway-tls" }]);
  assert.deepEqual(at(object(graph, "Certificate", "gateway-tls", namespace).inputs, "spec", "dnsNames"), [
    "api.test",
  ]);
  const { API_ADDRESS, TRUSTED_PROXIES, TLS_CERTIFICATE_FILE } = environment(graph);
  assert.deepEqual(
    [API_ADDRESS, TRUSTED_PROXIES, TLS_CERTIFICATE_FILE],
    ["0.0.0.0:8080", undefined, undefined],
  );
  assert.equal(at(container(graph), "readinessProbe", "httpGet", "scheme"), "HTTP");
  assert.deepEqual(at(graph.outputs, "gateway", "url"), "https://api.test");
  assert.equal(at(graph.outputs, "gateway", "certificateAuthority"), undefined);
});

test("what a proxy says of a client is believed only where nobody else gets to its port", async () => {
  const anyone = [{ ports: [{ protocol: "TCP", port: 8080 }] }];
  assert.deepEqual(
    listAt(policy(await localGraph({ gateway: behindIngress })), "ingress").slice(0, 1),
    anyone,
  );
  const known = { ...behindIngress, controllerNamespace: "ingress-nginx" };
  const graph = await localGraph({ gateway: known });
  const namespaceSelector = { matchLabels: { "kubernetes.io/metadata.name": "ingress-nginx" } };
  assert.deepEqual(listAt(policy(graph), "ingress")[0], {
    ports: [{ protocol: "TCP", port: 8080 }],
    from: [{ namespaceSelector }],
  });
  const { TRUSTED_PROXIES } = environment(graph);
  assert.equal(TRUSTED_PROXIES, "1");
});

test("at a load balancer, the record names the service", async () => {
  const graph = await localGraph({ gateway: { kind: "load-balancer", host: "api.test" } });
  assert.equal(at(object(graph, "Service", "gateway", namespace).inputs, "spec", "type"), "LoadBalancer");
  assert.match(
    String(at(listAt(graph.outputs, "gateway", "records")[0], "target")),
    /service gateway in namespace spark-gateway/,
  );
});

test("it knows every variable that it is given", async () => {
  const known = new Set([
    ...Object.keys(environmentSchema.shape),
    ...fileVariables.map((name) => `${name}_FILE`),
  ]);
  for (const graph of [
    await gatewayGraph(),
    await gatewayGraph({ database: postgres }),
    await localGraph({ gateway: behindIngress }),
    await localGraph({ gateway: { ...behindIngress, controllerNamespace: "web" }, ui: withDex }),
    await gatewayGraph({
      serviceAccounts: [{ namespace: "airflow", name: "scheduler", namespaces: ["analytics"] }],
    }),
  ]) {
    const own = Object.keys(environment(graph)).filter((name) => !name.startsWith("AWS_"));
    assert.deepEqual(
      own.filter((name) => !known.has(name)),
      [],
    );
    assert.ok(own.length >= 5);
  }
});

test("each file that a variable names is mounted", async () => {
  for (const graph of [await gatewayGraph(), await gatewayGraph({ database: postgres })]) {
    const folders = new Map(
      listAt(container(graph), "volumeMounts").map((each) => [
        String(at(each, "mountPath")),
        at(each, "name"),
      ]),
    );
    const held: Readonly<Record<string, readonly string[]>> = {
      config: ["platform.json"],
      secrets: Object.keys(secret(graph)),
      tls: ["tls.crt", "tls.key"],
    };
    for (const [name, value] of Object.entries(environment(graph))) {
      if (!name.endsWith("_FILE")) continue;
      const [, folder = "", file = ""] = /^(.*)\/([^/]+)$/.exec(String(value)) ?? [];
      assert.ok(held[String(folders.get(folder))]?.includes(file), `${name} ${String(value)}`);
    }
    assert.ok(folders.has("/tmp"));
  }
});

test("the platform's file is one that it takes: each team with what its jobs run with, the limits, the store", async () => {
  const limits = { perUserPerMinute: 7, perMinute: 70 };
  const graph = await gatewayGraph(
    { limits },
    { namespaces: [{ name: "analytics" }, { name: "finance" }], ui: withDex },
  );
  const read = toPlatform(parseJson(platform(graph)));
  assert.equal(read.cluster, "test");
  assert.deepEqual(Object.keys(read.namespaces).sort(), ["analytics", "finance"]);
  assert.equal(read.namespaces["finance"]?.serviceAccount, "spark");
  assert.deepEqual(read.namespaces["finance"].images, graph.outputs["sparkImages"]);
  assert.deepEqual(read.versions, ["4.0.4", "3.5.8"]);
  assert.equal(read.jobDefaults.driver.coreRequest, "100m");
  assert.deepEqual(read.limits, limits);
  assert.equal(read.pages?.url, "https://spark.test:30443");
  assert.deepEqual(read.storage, {
    bucket: "spark",
    endpoint: "http://store.spark-storage.svc.cluster.local:7070",
    region: "us-east-1",
    pathStyle: true,
    uploads: "gateway",
  });
  assert.equal(toPlatform(parseJson(platform(await gatewayGraph()))).pages, undefined);
});

test("the first admin's token is a secret output, and the cluster gets its hash alone", async () => {
  const graph = await gatewayGraph();
  const token = textAt(graph.outputs, "gateway", "registerToken") ?? "";
  assert.equal(kindOf(token), "register");
  assert.ok(graph.secretOutputs.includes("gateway.registerToken"));
  assert.equal(secret(graph)["register-token-sha256"], hashToken(token));
  const bytes = token.slice("spt_reg_".length);
  for (const { name, inputs } of graph.registrations)
    assert.ok(!texts(inputs).some(([, text]) => text.includes(bytes)), name);
  const next = await gatewayGraph({ registerToken: 2 });
  assert.notEqual(textAt(next.outputs, "gateway", "registerToken"), token);
  assert.notDeepEqual(mark(next), mark(graph));
});

test("what it reads at its start makes a new pod", async () => {
  const before = mark(await gatewayGraph());
  for (const change of [{ limits: { perMinute: 5 } }, { database: postgres }])
    assert.notDeepEqual(mark(await gatewayGraph(change)), before);
  assert.notDeepEqual(mark(await gatewayGraph({}, { jobDefaults: { timeToLiveSeconds: 60 } })), before);
});

test("a preview declares what an update does", async () => {
  const urns = async (preview: boolean): Promise<readonly string[]> =>
    (await localGraph({ gateway: { ...atNodes, database: postgres } }, preview)).registrations
      .map(({ urn }) => urn)
      .sort();
  assert.deepEqual(await urns(true), await urns(false));
});
