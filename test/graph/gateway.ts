import assert from "node:assert/strict";
import { test } from "node:test";

import { environmentSchema, fileVariables } from "../../gateway/src/config.ts";
import { toPlatform } from "../../gateway/src/platform.ts";
import { hashToken, kindOf } from "../../gateway/src/tokens/token.ts";
import { gatewayImage } from "../../images/versions.ts";
import {
  kubernetes,
  localGraph,
  nameOf,
  namespaceOf,
  object,
  ofKind,
  texts,
  upstream,
} from "../support/graph.ts";
import { at, isRecord, listAt, parseJson, recordAt, textAt, type Fields } from "../support/kube-json.ts";
import type { Graph } from "../support/mocks.ts";
import { restrictedViolations } from "../support/pod-security.ts";
import { withDex } from "./ui-stacks.ts";

const namespace = "spark-gateway";
const url = "postgres://gateway:database-password-4711@db.test:6432/gateway";
const postgres = { kind: "postgres", url };
const atNodes: Fields = { kind: "node-port", host: "api.test", nodePort: 30445 };
const behindIngress: Fields = {
  kind: "ingress",
  ingressClass: "web",
  host: "api.test",
  certificate: { kind: "cert-manager", issuer: "letsencrypt" },
};
const gatewayGraph = (gateway: Fields = {}, keys: Fields = {}): Promise<Graph> =>
  localGraph({ gateway: { ...atNodes, ...gateway }, ...keys });

const deployment = (graph: Graph): Fields =>
  recordAt(object(graph, "Deployment", "gateway", namespace).inputs, "spec");
const pod = (graph: Graph): Fields => recordAt(deployment(graph), "template", "spec");
const container = (graph: Graph): Fields => recordAt(listAt(pod(graph), "containers")[0]);
const mark = (graph: Graph): unknown => at(deployment(graph), "template", "metadata", "annotations");
const platform = (graph: Graph): string =>
  textAt(object(graph, "ConfigMap", "gateway-config", namespace).inputs, "data", "platform.json") ?? "";
const secret = (graph: Graph): Fields =>
  recordAt(object(graph, "Secret", "gateway-secrets", namespace).inputs, "stringData");
const environment = (graph: Graph): Fields =>
  Object.fromEntries(
    listAt(container(graph), "env").map((each) => [String(at(each, "name")), at(each, "value")]),
  );
const policy = (graph: Graph): Fields =>
  recordAt(object(graph, "NetworkPolicy", "gateway", namespace).inputs, "spec");

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

test("behind an Ingress it speaks plain HTTP, and believes whoever ended TLS where a client came from", async () => {
  const graph = await localGraph({ gateway: behindIngress });
  const { spec } = object(graph, "Ingress", "gateway", namespace).inputs;
  assert.equal(at(spec, "ingressClassName"), "web");
  assert.deepEqual(at(spec, "tls"), [{ hosts: ["api.test"], secretName: "gateway-tls" }]);
  assert.deepEqual(at(object(graph, "Certificate", "gateway-tls", namespace).inputs, "spec", "dnsNames"), [
    "api.test",
  ]);
  const { API_ADDRESS, TRUSTED_PROXIES, TLS_CERTIFICATE_FILE } = environment(graph);
  assert.deepEqual([API_ADDRESS, TRUSTED_PROXIES, TLS_CERTIFICATE_FILE], ["0.0.0.0:8080", "1", undefined]);
  assert.equal(at(container(graph), "readinessProbe", "httpGet", "scheme"), "HTTP");
  assert.deepEqual(at(graph.outputs, "gateway", "url"), "https://api.test");
  assert.equal(at(graph.outputs, "gateway", "certificateAuthority"), undefined);
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
  ]) {
    const own = Object.keys(environment(graph)).filter((name) => !name.startsWith("AWS_"));
    assert.deepEqual(
      own.filter((name) => !known.has(name)),
      [],
    );
    assert.ok(own.length >= 6);
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
  assert.equal(read.historyUrl, "https://spark.test:30443");
  assert.deepEqual(read.storage, {
    bucket: "spark",
    endpoint: "http://store.spark-storage.svc.cluster.local:7070",
    region: "us-east-1",
    pathStyle: true,
    uploads: "gateway",
  });
  assert.equal(toPlatform(parseJson(platform(await gatewayGraph()))).historyUrl, undefined);
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

test("with the embedded database one pod at a time has the volume", async () => {
  const graph = await gatewayGraph({
    database: { kind: "embedded", volume: { kind: "claim", size: "3Gi", storageClass: "fast" } },
  });
  assert.equal(deployment(graph)["replicas"], 1);
  assert.deepEqual(deployment(graph)["strategy"], { type: "Recreate" });
  const claim = recordAt(object(graph, "PersistentVolumeClaim", "gateway-data", namespace).inputs, "spec");
  assert.equal(at(claim, "resources", "requests", "storage"), "3Gi");
  assert.equal(claim["storageClassName"], "fast");
  const volume = listAt(pod(graph), "volumes").find((each) => at(each, "name") === "data");
  assert.equal(at(volume, "persistentVolumeClaim", "claimName"), "gateway-data");
  assert.equal(environment(graph)["DATA_FOLDER"], "/var/lib/gateway");
  assert.equal(environment(graph)["DATABASE_URL_FILE"], undefined);
  for (const kind of ["PodDisruptionBudget", "HorizontalPodAutoscaler"])
    assert.deepEqual(ofKind(graph, kind), [], kind);
});

test("a folder of a node holds it where there is no storage class, beside the store's own", async () => {
  const volume = { kind: "node", path: "/var/lib/gateway", node: "node-1", size: "1Gi" };
  const graph = await gatewayGraph({ database: { kind: "embedded", volume } });
  const { spec } = object(graph, "PersistentVolume", "spark-gateway-data").inputs;
  assert.deepEqual(at(spec, "claimRef"), { namespace, name: "gateway-data" });
});

test("with PostgreSQL there are two pods and more, and one of them always serves", async () => {
  const graph = await gatewayGraph({ database: postgres });
  assert.equal(deployment(graph)["replicas"], undefined, "the autoscaler's to say");
  assert.deepEqual(at(deployment(graph), "strategy", "rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
  const scaler = recordAt(object(graph, "HorizontalPodAutoscaler", "gateway", namespace).inputs, "spec");
  assert.deepEqual([scaler["minReplicas"], scaler["maxReplicas"]], [2, 6]);
  assert.equal(at(scaler, "scaleTargetRef", "name"), "gateway");
  const budget = recordAt(object(graph, "PodDisruptionBudget", "gateway", namespace).inputs, "spec");
  const labels = at(deployment(graph), "template", "metadata", "labels");
  assert.equal(budget["maxUnavailable"], 1);
  assert.deepEqual(at(budget, "selector", "matchLabels"), labels);
  for (const each of listAt(pod(graph), "topologySpreadConstraints"))
    assert.deepEqual(at(each, "labelSelector", "matchLabels"), labels);
  assert.equal(environment(graph)["DATA_FOLDER"], undefined);
  assert.deepEqual(
    ofKind(graph, "PersistentVolumeClaim").filter((each) => namespaceOf(each) === namespace),
    [],
  );
});

test("the database's URL is in the gateway's secret alone, and secret there", async () => {
  const graph = await gatewayGraph({ database: postgres });
  const holders = graph.registrations.flatMap(({ name, inputs, secrets }) =>
    texts(inputs)
      .filter(([, text]) => text.includes("database-password-4711"))
      .map(([path]) => [name, path, secrets.some((each) => path.startsWith(each))]),
  );
  assert.deepEqual(holders, [["gateway-secret", "stringData.database-url", true]]);
});

test("in a team's namespace it may do what its users ask for, and nothing with secrets", async () => {
  const graph = await gatewayGraph({}, { namespaces: [{ name: "analytics" }, { name: "finance" }] });
  for (const team of ["analytics", "finance"]) {
    const rules = listAt(object(graph, "Role", "gateway", team).inputs, "rules");
    assert.deepEqual(rules, [
      {
        apiGroups: ["sparkoperator.k8s.io"],
        resources: ["sparkapplications"],
        verbs: ["create", "get", "list", "watch", "delete"],
      },
      { apiGroups: [""], resources: ["configmaps"], verbs: ["create", "get"] },
      { apiGroups: [""], resources: ["pods", "events"], verbs: ["list", "watch"] },
      { apiGroups: [""], resources: ["pods/log"], verbs: ["get"] },
    ]);
    const binding = object(graph, "RoleBinding", "gateway", team).inputs;
    assert.deepEqual(at(binding, "subjects"), [{ kind: "ServiceAccount", name: "gateway", namespace }]);
    assert.equal(at(binding, "roleRef", "name"), "gateway");
  }
  const wide = graph.registrations.filter(({ type }) => /:ClusterRole(Binding)?$/.test(type));
  assert.deepEqual(
    wide.map(({ inputs }) => at(inputs, "roleRef", "name")),
    ["system:auth-delegator"],
  );
  assert.equal(pod(graph)["serviceAccountName"], "gateway");
});

test("clients come in from anywhere, metrics go to the cluster alone, and it reaches what it works with", async () => {
  const graph = await gatewayGraph({ database: postgres });
  const [api, metrics, ...others] = listAt(policy(graph), "ingress");
  assert.deepEqual(api, { ports: [{ protocol: "TCP", port: 8443 }] });
  assert.deepEqual(metrics, {
    from: [{ namespaceSelector: {} }],
    ports: [{ protocol: "TCP", port: 9090 }],
  });
  assert.deepEqual(others, []);
  const reached = listAt(policy(graph), "egress").map((rule) =>
    listAt(rule, "ports").map((port) => at(port, "port")),
  );
  assert.deepEqual(reached, [[443, 6443], [7070], [6432]]);
  assert.deepEqual(
    listAt(policy(await gatewayGraph()), "egress").length,
    2,
    "no database where it has its own",
  );
  const plain = { kind: "postgres", url: "postgres://a:b@db.test/gateway" };
  const [, , database] = listAt(policy(await gatewayGraph({ database: plain })), "egress");
  assert.deepEqual(listAt(database, "ports"), [{ protocol: "TCP", port: 5432 }]);
});

test("its pods are on its own image, held to `restricted`, and have time to finish what they have", async () => {
  for (const graph of [await gatewayGraph(), await localGraph({ gateway: behindIngress })]) {
    assert.equal(container(graph)["image"], gatewayImage("localhost/spark-platform").reference);
    assert.deepEqual(restrictedViolations(pod(graph)), []);
    assert.equal(at(container(graph), "securityContext", "readOnlyRootFilesystem"), true);
    assert.ok(textAt(container(graph), "resources", "limits", "memory"));
    const gone = Number(at(container(graph), "lifecycle", "preStop", "sleep", "seconds"));
    assert.equal(pod(graph)["terminationGracePeriodSeconds"], gone + 30);
  }
});

test("it has the keys of `gateway` alone, and starts after the operator, its rights and the bucket", async () => {
  const graph = await gatewayGraph();
  const names = listAt(container(graph), "env").flatMap((each) => {
    const ref = at(each, "valueFrom", "secretKeyRef");
    return isRecord(ref) ? [ref["name"]] : [];
  });
  assert.deepEqual([...new Set(names)], ["s3-gateway"]);
  const needed = upstream(graph, object(graph, "Deployment", "gateway", namespace));
  for (const each of [
    graph.only("kubernetes:helm.sh/v3:Release"),
    graph.only("kubernetes:batch/v1:Job"),
    object(graph, "RoleBinding", "gateway", "analytics"),
    graph.only("kubernetes:rbac.authorization.k8s.io/v1:ClusterRoleBinding"),
    object(graph, "NetworkPolicy", "default-deny", "analytics"),
  ])
    assert.ok(needed.has(each.urn), each.name);
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
