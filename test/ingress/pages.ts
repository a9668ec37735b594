import assert from "node:assert/strict";
import { test } from "node:test";

import { object } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { host, pagesGraph } from "./aws-graph.ts";
import { types } from "./aws-types.ts";

const files = (graph: Graph): Readonly<Record<string, unknown>> =>
  recordAt(object(graph, "ConfigMap", "front-door-config").inputs, "data");
const alpha = (graph: Graph): unknown => parseJson(textAt(files(graph), "alpha.yaml") ?? "");
const core = (graph: Graph): string => textAt(files(graph), "oauth2-proxy.toml") ?? "";

test("behind the load balancer the front door keeps its promises: it believes no proxy, and cookies are for HTTPS", async () => {
  const graph = await pagesGraph();
  assert.deepEqual(at(alpha(graph), "server"), { bindAddress: ":8080" });
  for (const setting of [
    "reverse_proxy = false",
    "cookie_secure = true",
    'cookie_name = "__Host-spark"',
    `redirect_url = "https://${host}/oauth2/callback"`,
  ])
    assert.ok(core(graph).includes(`${setting}\n`), setting);
  const headers = listAt(alpha(graph), "injectRequestHeaders");
  for (const name of ["X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port"])
    assert.deepEqual(
      at(
        headers.find((header) => at(header, "name") === name),
        "values",
      ),
      [],
      name,
    );
});

test("the front door asks Cognito, by what its discovery says, for groups under Cognito's name", async () => {
  const graph = await pagesGraph();
  const [provider] = listAt(alpha(graph), "providers");
  assert.match(
    String(at(provider, "oidcConfig", "issuerURL")),
    /^https:\/\/cognito-idp\.eu-central-1\.amazonaws\.com\/eu-central-1_[0-9a-f]{9}$/,
  );
  assert.equal(at(provider, "oidcConfig", "groupsClaim"), "cognito:groups");
  assert.equal(at(provider, "oidcConfig", "skipDiscovery"), undefined);
  assert.equal(at(provider, "scope"), "openid email profile");
  assert.equal(at(provider, "code_challenge_method"), "S256");
  assert.match(String(at(provider, "clientID")), /^[0-9a-f]{26}$/);
  assert.deepEqual(at(provider, "allowedGroups"), ["data", "platform"]);
  assert.equal(at(provider, "caFiles"), undefined);
});

test("browsers reach the front door at its plain port alone, and it reaches Cognito by HTTPS", async () => {
  const { spec } = object(await pagesGraph(), "NetworkPolicy", "front-door").inputs;
  assert.deepEqual(at(spec, "ingress"), [{ ports: [{ protocol: "TCP", port: 8080 }] }]);
  assert.deepEqual(listAt(spec, "egress")[0], { ports: [{ protocol: "TCP", port: 443 }] });
});

test("the front door waits for the log-in page, the client and the groups", async () => {
  for (const preview of [false, true]) {
    const graph = await pagesGraph({}, { preview });
    const { dependsOn } = object(graph, "Deployment", "front-door");
    for (const type of [types.domain, types.client, types.group])
      for (const each of graph.all(type)) assert.ok(dependsOn.includes(each.urn), each.name);
  }
});

test("the client's secret is in the front door's secret alone, also in a preview", async () => {
  const outputs = { [types.client]: { clientSecret: "client-secret-4711" } };
  for (const preview of [false, true]) {
    const graph = await pagesGraph({}, { preview, unknowns: false, outputs });
    const held = object(graph, "Secret", "front-door-secrets");
    assert.equal(textAt(held.inputs, "stringData", "client-secret"), "client-secret-4711");
    assert.ok(held.secrets.some((path) => "stringData.client-secret".startsWith(path)));
    const others = graph.registrations.filter((each) => each !== held).map(({ inputs }) => inputs);
    assert.doesNotMatch(JSON.stringify([others, graph.outputs]), /client-secret-4711/);
  }
});

test("another client is another pod: what it reads is in its files and secrets", async () => {
  const mark = (graph: Graph): unknown =>
    at(object(graph, "Deployment", "front-door").inputs, "spec", "template", "metadata", "annotations");
  const client = { [types.client]: { clientSecret: "another" } };
  assert.notDeepEqual(mark(await pagesGraph({}, { outputs: client })), mark(await pagesGraph()));
});

test("the output tells where users are made, and has no users of its own", async () => {
  const { outputs } = await pagesGraph();
  assert.deepEqual(Object.keys(recordAt(outputs, "ui")).sort(), ["records", "url", "userPool"]);
  assert.equal(at(outputs, "ui", "url"), `https://${host}`);
  assert.match(String(at(outputs, "ui", "userPool")), /^eu-central-1_/);
});
