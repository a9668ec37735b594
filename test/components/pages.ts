import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";

import fc from "fast-check";

import { historyConf, podMemoryMiB, propertiesFile } from "../../components/history/history-conf.ts";
import { dnsRecords, publicUrl } from "../../components/ingress/exposure.ts";
import { frontDoorToken, urlSafe } from "../../components/ingress/front-door-key.ts";
import { isLimited, proxyFiles, type ProxyConfigArgs } from "../../components/ingress/proxy-config.ts";
import { at, listAt, parseJson } from "../../local/kube/json.ts";

const bytes = fc.uint8Array({ minLength: 32, maxLength: 32 }).map((each) => Buffer.from(each));

test("a key is the same bytes in the alphabet of URLs, and its token's signature is HS256 of the token", () => {
  fc.assert(
    fc.property(bytes, (key) => {
      const text = urlSafe(key.toString("base64"));
      assert.match(text, /^[\w-]{43}$/);
      assert.deepEqual(Buffer.from(text, "base64url"), key);
      const [header = "", payload = "", signature] = frontDoorToken(text).split(".");
      assert.equal(signature, createHmac("sha256", key).update(`${header}.${payload}`).digest("base64url"));
      assert.deepEqual(parseJson(Buffer.from(payload, "base64url").toString()), { sub: "front-door" });
    }),
  );
});

const history = {
  sizing: { memory: "2g", maxAge: "30d" },
  eventLogDirectory: "s3a://spark/events/",
  storeConf: { "spark.hadoop.fs.s3a.endpoint": "http://store:7070" },
  key: "a".repeat(43),
};

test("the History Server's file has a line for each property, and refuses a value that would make another", () => {
  const conf = historyConf(history);
  const lines = propertiesFile(conf).split("\n");
  assert.equal(lines.pop(), "");
  assert.deepEqual(
    lines.map((line) => line.slice(0, line.indexOf("="))),
    Object.keys(conf),
  );
  assert.ok(lines.includes("spark.ui.filters=org.apache.spark.ui.JWSFilter"));
  for (const end of ["\n", "\r", "\\"])
    assert.throws(() => propertiesFile({ key: `a${end}spark.ui.filters=` }), /the value of key has/);
});

test("the store's properties cannot take the filter away", () => {
  const conf = historyConf({ ...history, storeConf: { "spark.ui.filters": "" } });
  assert.equal(conf["spark.ui.filters"], "org.apache.spark.ui.JWSFilter");
});

test("a pod has a quarter more than the heap, and 512 MiB more at the least", () => {
  const memory = (heap: string): number => podMemoryMiB({ memory: heap, maxAge: "1d" });
  assert.deepEqual(["512m", "1g", "2g", "8g"].map(memory), [1024, 1536, 2560, 10240]);
  assert.throws(() => memory("1Gi"), /"1Gi" is not an amount of memory such as 1g/);
});

const proxy: ProxyConfigArgs = {
  url: "https://spark.test",
  tls: true,
  identity: {
    issuer: "https://sso.test",
    clientId: "spark",
    scopes: ["openid", "email"],
    groupsClaim: "groups",
    adminGroup: undefined,
    endpoints: undefined,
    ownAuthority: false,
  },
  allowed: { groups: ["data"], domains: [] },
  upstream: "http://gateway:8081",
};

test("the server behind the front door gets all paths, as they were sent", () => {
  const alpha = parseJson(proxyFiles(proxy, undefined)["alpha.yaml"] ?? "");
  assert.deepEqual(
    listAt(alpha, "upstreamConfig", "upstreams").map((each) => [at(each, "path"), at(each, "uri")]),
    [["/", "http://gateway:8081"]],
  );
  assert.equal(at(alpha, "upstreamConfig", "proxyRawPath"), true);
});

test("servers hear of the address whether it is verified, by the issuer's word alone", () => {
  const alpha = parseJson(proxyFiles(proxy, undefined)["alpha.yaml"] ?? "");
  assert.deepEqual(at(listAt(alpha, "providers")[0], "additionalClaims"), ["email_verified"]);
  const header = listAt(alpha, "injectRequestHeaders").find(
    (each) => at(each, "name") === "X-Forwarded-Email-Verified",
  );
  // Without `preserveRequestValue`: what a client sends under the name is dropped.
  assert.deepEqual(header, {
    name: "X-Forwarded-Email-Verified",
    values: [{ claimSource: { claim: "email_verified" } }],
  });
});

test("a dollar sign in a name is not the begin of a variable", () => {
  const identity = { ...proxy.identity, clientId: "a$HOME" };
  const text = proxyFiles({ ...proxy, identity }, undefined)["alpha.yaml"] ?? "";
  assert.ok(text.includes(`"clientID": "a$$HOME"`));
});

test("the proxy's file is TOML: a key and a JSON value on each line", () => {
  const lines = (proxyFiles(proxy, undefined)["oauth2-proxy.toml"] ?? "").trimEnd().split("\n");
  for (const line of lines) {
    const [, value = ""] = /^[a-z_]+ = (.+)$/.exec(line) ?? [];
    assert.doesNotThrow(() => parseJson(value), line);
  }
});

test("nobody allowed, or every domain, is open to all and refused", () => {
  assert.ok(!isLimited({ groups: [], domains: [] }));
  assert.ok(!isLimited({ groups: [], domains: ["*"] }));
  assert.ok(isLimited({ groups: ["data"], domains: [] }));
  assert.ok(isLimited({ groups: [], domains: ["example.test"] }));
});

test("a node's port is a part of the address, and the record says where the name leads", () => {
  const atNodes = { kind: "node-port", port: 30443 } as const;
  const ingress = { kind: "ingress", className: "web" } as const;
  assert.equal(publicUrl("a.test", atNodes), "https://a.test:30443");
  assert.equal(publicUrl("a.test", ingress), "https://a.test");
  assert.equal(publicUrl("a.test", { kind: "load-balancer" }), "https://a.test");
  const target = "the controller of ingress class web";
  assert.deepEqual(dnsRecords(["a.test", "*.pages.a.test"], "gateway", ingress), [
    { name: "a.test", target },
    { name: "*.pages.a.test", target },
  ]);
});
