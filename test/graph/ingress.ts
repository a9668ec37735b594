import assert from "node:assert/strict";
import { test } from "node:test";

import { localGraph, nameOf, object, ofKind } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { atNodes } from "./gateway-stack.ts";
import { dexGraph, issuerGraph, users, withDexBehind } from "./ui-stacks.ts";

const namespace = "spark-ui";
const service = (graph: Graph, name: string): Fields =>
  recordAt(object(graph, "Service", name, namespace).inputs, "spec");
const alpha = (graph: Graph): unknown =>
  parseJson(textAt(object(graph, "ConfigMap", "front-door-config").inputs, "data", "alpha.yaml") ?? "");
const provider = (graph: Graph): Fields => recordAt(listAt(alpha(graph), "providers")[0]);
const core = (graph: Graph): string =>
  textAt(object(graph, "ConfigMap", "front-door-config").inputs, "data", "oauth2-proxy.toml") ?? "";
const dexFile = (graph: Graph): unknown =>
  parseJson(textAt(object(graph, "Secret", "dex-config").inputs, "stringData", "dex.json") ?? "");

test("at a port of the nodes, the front door and the log-in end TLS themselves, each with its own certificate", async () => {
  const graph = await dexGraph();
  for (const [name, nodePort, host] of [
    ["front-door", 30443, "spark.test"],
    ["dex", 30444, "login.test"],
  ] as const) {
    const spec = service(graph, name);
    assert.equal(spec["type"], "NodePort");
    assert.deepEqual(spec["ports"], [{ name: "https", port: 443, targetPort: "https", nodePort }]);
    const request = graph.only(
      "tls:index/certRequest:CertRequest",
      `${name === "dex" ? name : "ui"}-request`,
    );
    assert.ok(listAt(request.inputs, "dnsNames").includes(host));
    assert.equal(object(graph, "Secret", `${name}-tls`, namespace).inputs["type"], "kubernetes.io/tls");
  }
  assert.deepEqual(ofKind(graph, "Ingress"), []);
  assert.equal(at(alpha(graph), "server", "tls", "minVersion"), "TLS1.2");
  assert.equal(at(alpha(graph), "server", "bindAddress"), undefined);
  assert.equal(at(dexFile(graph), "web", "http"), undefined);
});

test("at a load balancer, at 443", async () => {
  const graph = await localGraph({ ui: withDexBehind({ kind: "load-balancer" }), gateway: atNodes });
  assert.equal(service(graph, "front-door")["type"], "LoadBalancer");
  assert.equal(at(graph.outputs, "ui", "url"), "https://spark.test");
  assert.match(
    String(at(listAt(graph.outputs, "ui", "records")[1], "target")),
    /service dex in namespace spark-ui/,
  );
});

test("behind an Ingress that ends TLS the front door speaks plain HTTP, with cert-manager's certificate before it", async () => {
  const graph = await issuerGraph();
  const { spec } = object(graph, "Ingress", "front-door", namespace).inputs;
  assert.equal(at(spec, "ingressClassName"), "web");
  assert.deepEqual(at(spec, "tls"), [{ hosts: ["spark.test"], secretName: "front-door-tls" }]);
  const certificate = object(graph, "Certificate", "front-door-tls", namespace).inputs;
  assert.deepEqual(at(certificate, "spec", "dnsNames"), ["spark.test"]);
  assert.deepEqual(at(certificate, "spec", "issuerRef"), {
    group: "cert-manager.io",
    kind: "ClusterIssuer",
    name: "letsencrypt",
  });
  assert.equal(at(certificate, "spec", "secretName"), "front-door-tls");
  assert.deepEqual(service(graph, "front-door")["ports"], [{ name: "http", port: 80, targetPort: "http" }]);
  assert.equal(service(graph, "front-door")["type"], "ClusterIP");
  assert.deepEqual(at(alpha(graph), "server"), { bindAddress: ":8080" });
  assert.doesNotMatch(JSON.stringify(graph.registrations), /tls:index/);
});

test("the gateway answers for all hosts of pages, with a certificate and a record for them", async () => {
  const pages = "*.pages.spark.test";
  const atNode = await dexGraph();
  const { dnsNames } = atNode.only("tls:index/certRequest:CertRequest", "gateway-request").inputs;
  assert.deepEqual(dnsNames, ["api.test", pages]);
  assert.deepEqual(at(atNode.outputs, "gateway", "records"), [
    { name: "api.test", target: "the cluster's nodes" },
    { name: pages, target: "the cluster's nodes" },
  ]);
  const graph = await issuerGraph();
  const { spec } = object(graph, "Ingress", "gateway", "spark-gateway").inputs;
  assert.deepEqual(
    listAt(spec, "rules").map((rule) => at(rule, "host")),
    ["api.test", pages],
  );
  assert.deepEqual(at(spec, "tls"), [{ hosts: ["api.test", pages], secretName: "gateway-tls" }]);
  const certificate = object(graph, "Certificate", "gateway-tls", "spark-gateway").inputs;
  assert.deepEqual(at(certificate, "spec", "dnsNames"), ["api.test", pages]);
  const elsewhere = await dexGraph({ pagesHost: "spark-pages.test" });
  assert.deepEqual(at(listAt(elsewhere.outputs, "gateway", "records")[1], "name"), "*.spark-pages.test");
});

test("a Dex behind an Ingress answers the front door over TLS all the same", async () => {
  const graph = await localGraph({
    ui: withDexBehind({ kind: "ingress", ingressClass: "web" }),
    gateway: atNodes,
  });
  assert.deepEqual(
    listAt(service(graph, "dex"), "ports").map((port) => at(port, "name")),
    ["https", "http"],
  );
  assert.equal(provider(graph)["redeemURL"], "https://dex.spark-ui.svc.cluster.local/token");
  assert.deepEqual(ofKind(graph, "Ingress").map(nameOf).sort(), ["dex", "front-door"]);
});

test("browsers log in at the public name, the front door asks inside of the cluster, over TLS that it checks", async () => {
  const graph = await dexGraph();
  assert.equal(provider(graph)["loginURL"], "https://login.test:30444/auth");
  assert.equal(at(provider(graph), "oidcConfig", "issuerURL"), "https://login.test:30444");
  assert.equal(at(dexFile(graph), "issuer"), "https://login.test:30444");
  const internal = new URL(String(at(provider(graph), "oidcConfig", "jwksURL"))).hostname;
  const request = graph.only("tls:index/certRequest:CertRequest", "dex-request");
  assert.ok(listAt(request.inputs, "dnsNames").includes(internal));
  assert.deepEqual(provider(graph)["caFiles"], ["/etc/oauth2-proxy/config/identity-ca.crt"]);
  const files = recordAt(object(graph, "ConfigMap", "front-door-config").inputs, "data");
  assert.match(String(files["identity-ca.crt"]), /BEGIN CERTIFICATE/);
});

test("an issuer that exists is found by its discovery, and reached at its port", async () => {
  const graph = await issuerGraph();
  assert.deepEqual(at(provider(graph), "oidcConfig", "issuerURL"), "https://sso.test/realms/main");
  assert.equal(at(provider(graph), "oidcConfig", "skipDiscovery"), undefined);
  assert.equal(provider(graph)["caFiles"], undefined);
  assert.equal(provider(graph)["scope"], "openid email profile");
  const policy = object(graph, "NetworkPolicy", "front-door", namespace).inputs;
  const reached = listAt(policy, "spec", "egress").map((rule) => at(listAt(rule, "ports")[0], "port"));
  assert.deepEqual(reached, [443, 8081]);
  assert.doesNotMatch(JSON.stringify(graph.registrations), /dexidp/);
});

test("who gets in: the groups that are named and the administrators', or the domains", async () => {
  const byGroup = await dexGraph();
  assert.deepEqual(provider(byGroup)["allowedGroups"], ["data", "platform"]);
  assert.match(core(byGroup), /^email_domains = \["\*"\]$/m);
  const byDomain = await issuerGraph();
  assert.deepEqual(provider(byDomain)["allowedGroups"], []);
  assert.match(core(byDomain), /^email_domains = \["example\.test"\]$/m);
});

test("the log-in is bound to the browser that asked for it", async () => {
  for (const graph of [await dexGraph(), await issuerGraph()]) {
    assert.equal(provider(graph)["code_challenge_method"], "S256");
    assert.equal(at(provider(graph), "oidcConfig", "insecureSkipNonce"), false);
    assert.match(core(graph), /^cookie_name = "__Host-/m);
    for (const setting of ["cookie_secure = true", "cookie_httponly = true", 'cookie_samesite = "lax"'])
      assert.ok(core(graph).includes(`${setting}\n`), setting);
  }
});

test("what a client says of who it is is dropped, and so is its session; servers hear it from the front door", async () => {
  const headers = listAt(alpha(await dexGraph()), "injectRequestHeaders");
  const values = new Map(headers.map((header) => [textAt(header, "name"), listAt(header, "values")]));
  for (const header of headers) assert.equal(at(header, "preserveRequestValue"), undefined);
  for (const name of [
    "X-Forwarded-Access-Token",
    "X-Auth-Request-User",
    "X-Auth-Request-Email",
    "X-Auth-Request-Groups",
    "X-Forwarded-For",
    "X-Forwarded-Host",
    "X-Forwarded-Proto",
    "X-Forwarded-Context",
    "Forwarded",
    "Cookie",
  ])
    assert.deepEqual(values.get(name), [], name);
  assert.deepEqual(values.get("X-Forwarded-User"), [{ claimSource: { claim: "user" } }]);
  assert.deepEqual(values.get("X-Forwarded-Groups"), [{ claimSource: { claim: "groups" } }]);
  assert.deepEqual(values.get("Authorization"), [
    { secretSource: { fromFile: "/etc/oauth2-proxy/secrets/authorization" } },
  ]);
  assert.match(core(await dexGraph()), /^reverse_proxy = false$/m);
});

test("the cookie secret is 32 random bytes in base64url, which is how the proxy knows them from 43 characters", async () => {
  const secrets = object(await dexGraph(), "Secret", "front-door-secrets", namespace).inputs;
  const cookie = textAt(secrets, "stringData", "cookie-secret") ?? "";
  assert.match(cookie, /^[\w-]{43}$/);
  assert.equal(Buffer.from(cookie, "base64url").length, 32);
});

test("Dex knows the users by hash, and the one client with its way back", async () => {
  const graph = await dexGraph();
  const file = dexFile(graph);
  assert.deepEqual(
    listAt(file, "staticPasswords").map((user) => [at(user, "email"), at(user, "groups")]),
    users.map(({ email, groups }) => [email, groups]),
  );
  for (const user of listAt(file, "staticPasswords")) assert.match(String(at(user, "hash")), /^\$2a\$/);
  const [client, ...others] = listAt(file, "staticClients");
  assert.deepEqual(others, []);
  assert.deepEqual(at(client, "redirectURIs"), ["https://spark.test:30443/oauth2/callback"]);
  const secrets = object(graph, "Secret", "front-door-secrets", namespace).inputs;
  assert.equal(at(client, "secret"), at(secrets, "stringData", "client-secret"));
  assert.ok(core(graph).includes(`redirect_url = "https://spark.test:30443/oauth2/callback"\n`));
});

test("the output tells where the pages are, which names they need, and the users' passwords as the one secret", async () => {
  const { outputs, secretOutputs } = await dexGraph();
  const { url, records, users: passwords, certificateAuthority } = recordAt(outputs, "ui");
  assert.equal(url, "https://spark.test:30443");
  assert.deepEqual(records, [
    { name: "spark.test", target: "the cluster's nodes" },
    { name: "login.test", target: "the cluster's nodes" },
  ]);
  assert.match(String(certificateAuthority), /BEGIN CERTIFICATE/);
  assert.deepEqual(
    Object.keys(recordAt(passwords)),
    users.map(({ email }) => email),
  );
  assert.ok(secretOutputs.includes("ui.users"));
  const existing = recordAt((await issuerGraph()).outputs, "ui");
  assert.deepEqual(Object.keys(existing).sort(), ["records", "url"]);
});
