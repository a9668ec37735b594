import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { ConfigError, readConfig } from "../src/config.ts";
import { environmentSchema, fileVariables } from "../src/environment.ts";
import { selfSigned } from "./support/certificate.ts";
import { samplePages, samplePlatform } from "./support/job-samples.ts";

function problems(environment: NodeJS.ProcessEnv): string {
  try {
    readConfig(environment);
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.message;
  }
  return assert.fail("nothing was wrong");
}

/** A file that is gone after the test. */
function fileOf(context: TestContext, text: string): string {
  const folder = mkdtempSync(join(tmpdir(), "gateway-config-"));
  context.after(() => {
    rmSync(folder, { recursive: true });
  });
  const file = join(folder, "file");
  writeFileSync(file, text);
  return file;
}

test("an empty environment is enough", () => {
  assert.deepEqual(readConfig({}), {
    api: { host: "0.0.0.0", port: 8080 },
    metrics: { host: "0.0.0.0", port: 9090 },
    ui: undefined,
    store: { kind: "sqlite", file: "data/gateway.sqlite" },
    bootstrapHash: undefined,
    graceMs: 60_000,
    auditKeptMs: 365 * 86_400_000,
    serviceAccountAudience: undefined,
    tls: undefined,
    trustedProxies: [],
    platform: undefined,
    logLevel: "info",
  });
});

test("what is set is taken", () => {
  const config = readConfig({
    API_ADDRESS: "[::1]:0",
    METRICS_ADDRESS: "gateway.local:65535",
    DATABASE_URL: "postgres://a:b@c/d",
    REFRESH_GRACE_SECONDS: "300",
    TRUSTED_PROXIES: "10.0.0.0/8,fd00::1",
  });
  assert.deepEqual(config.api, { host: "::1", port: 0 });
  assert.deepEqual(config.metrics, { host: "gateway.local", port: 65535 });
  assert.deepEqual(config.store, { kind: "postgres", url: "postgres://a:b@c/d" });
  assert.equal(config.graceMs, 300_000);
  assert.deepEqual(config.trustedProxies, ["10.0.0.0/8", "fd00::1"]);
});

test("with the front door's key there are pages, at an address of their own", (context) => {
  const key = Buffer.alloc(32, "k").toString("base64url");
  const issuer = "https://login.test";
  const PLATFORM_FILE = fileOf(context, JSON.stringify(samplePlatform({ pages: samplePages })));
  assert.deepEqual(readConfig({ UI_KEY: key, UI_ISSUER: issuer, PLATFORM_FILE }).ui, {
    address: { host: "0.0.0.0", port: 8081 },
    key,
    adminGroup: undefined,
    issuer,
    skipEmailVerified: false,
  });
  const given = {
    PLATFORM_FILE,
    UI_KEY: key,
    UI_ISSUER: issuer,
    UI_ADDRESS: "[::1]:1",
    UI_ADMIN_GROUP: "platform",
    UI_SKIP_EMAIL_VERIFIED: "true",
  };
  assert.deepEqual(readConfig(given).ui, {
    address: { host: "::1", port: 1 },
    key,
    adminGroup: "platform",
    issuer,
    skipEmailVerified: true,
  });
  assert.match(problems({ UI_KEY: key, PLATFORM_FILE }), /UI_ISSUER: is required with UI_KEY/);
  assert.match(problems({ ...given, UI_SKIP_EMAIL_VERIFIED: "yes" }), /UI_SKIP_EMAIL_VERIFIED/);
  const message = problems({ UI_KEY: `${key}hunter2` });
  assert.match(message, /UI_KEY/);
  assert.doesNotMatch(message, /hunter2/);
  assert.match(problems({ UI_KEY: key }), /UI_KEY: is set, and the platform has no pages/);
  const without = fileOf(context, JSON.stringify(samplePlatform()));
  assert.match(problems({ UI_KEY: key, PLATFORM_FILE: without }), /the platform has no pages/);
});

test("the platform comes from its file, and what is wrong there is told with the rest", (context) => {
  const platform = samplePlatform();
  const file = fileOf(context, JSON.stringify(platform));
  assert.deepEqual(readConfig({ PLATFORM_FILE: file }).platform, platform);
  const wrong = fileOf(context, JSON.stringify({ ...platform, versions: ["9.9.9"] }));
  const message = problems({ PLATFORM_FILE: wrong, LOG_LEVEL: "loud" });
  assert.match(message, /PLATFORM_FILE\.namespaces\.team-a\.images: an object lacks a version/);
  assert.match(message, /LOG_LEVEL/);
  assert.match(problems({ PLATFORM_FILE: "/nowhere.json" }), /PLATFORM_FILE: \/nowhere\.json cannot be read/);
});

test("service accounts are listed together with their audience, and none is a team's own", (context) => {
  const file = (serviceAccounts: readonly object[]): string =>
    fileOf(context, JSON.stringify({ ...samplePlatform(), serviceAccounts }));
  const account = { namespace: "airflow", name: "scheduler", role: "user", namespaces: ["team-a"] };
  const SERVICE_ACCOUNT_AUDIENCE = "spark-platform";
  const config = readConfig({ PLATFORM_FILE: file([account]), SERVICE_ACCOUNT_AUDIENCE });
  assert.deepEqual(config.platform?.serviceAccounts, [account]);
  assert.equal(config.serviceAccountAudience, SERVICE_ACCOUNT_AUDIENCE);
  for (const [environment, message] of [
    [{ SERVICE_ACCOUNT_AUDIENCE }, /SERVICE_ACCOUNT_AUDIENCE: is set, and no service account is listed/],
    [{ PLATFORM_FILE: file([]), SERVICE_ACCOUNT_AUDIENCE }, /is set, and no service account is listed/],
    [{ PLATFORM_FILE: file([account]) }, /SERVICE_ACCOUNT_AUDIENCE: is required with serviceAccounts/],
  ] as const)
    assert.match(problems(environment), message);
  const wrong = [
    { ...account, namespace: "team-b" },
    { ...account, namespaces: ["team-a", "team-z"] },
    { ...account, namespaces: [] },
  ];
  const message = problems({ PLATFORM_FILE: file(wrong), SERVICE_ACCOUNT_AUDIENCE });
  assert.match(message, /serviceAccounts\[0\]\.namespace: "team-b" is a team's/);
  assert.match(message, /serviceAccounts\[1\]\.namespaces\[1\]: "team-z" is not a namespace of the platform/);
  assert.match(message, /serviceAccounts\[2\]\.namespaces/);
});

test("secrets can come from files", (context) => {
  const file = fileOf(context, "postgres://a:b@c/d\n");
  assert.deepEqual(readConfig({ DATABASE_URL_FILE: file }).store, {
    kind: "postgres",
    url: "postgres://a:b@c/d",
  });
  assert.match(
    problems({ DATABASE_URL_FILE: file, DATABASE_URL: "postgres://x" }),
    /is set, and so is DATABASE_URL/,
  );
});

test("proxies can be counted in place of named", () => {
  assert.equal(readConfig({ TRUSTED_PROXIES: "1" }).trustedProxies, 1);
  assert.deepEqual(readConfig({ TRUSTED_PROXIES: "::1" }).trustedProxies, ["::1"]);
});

test("a certificate comes with its own key, or not at all, and neither is repeated", async () => {
  const { certificate, key } = await selfSigned("localhost");
  assert.deepEqual(readConfig({ TLS_CERTIFICATE: certificate, TLS_KEY: key }).tls, { certificate, key });
  const other = await selfSigned("localhost");
  for (const wrong of [
    { TLS_CERTIFICATE: certificate },
    { TLS_KEY: key },
    { TLS_CERTIFICATE: certificate, TLS_KEY: other.key },
    { TLS_CERTIFICATE: "hunter2", TLS_KEY: key },
  ]) {
    const message = problems(wrong);
    assert.match(message, /^1 problem:\n {2}TLS_CERTIFICATE: is not a certificate with its key/);
    assert.doesNotMatch(message, /hunter2|BEGIN/);
  }
});

test("all that is wrong is told at once, and a database's URL is not repeated", () => {
  const message = problems({
    API_ADDRESS: "8080",
    METRICS_ADDRESS: "0.0.0.0:65536",
    DATABASE_URL: "mysql://root:hunter2@db",
    BOOTSTRAP_TOKEN_SHA256_FILE: "/no/such/file",
    REFRESH_GRACE_SECONDS: "0",
    AUDIT_DAYS: "many",
    TRUSTED_PROXIES: "everyone",
    LOG_LEVEL: "loud",
  });
  assert.match(message, /^8 problems:/);
  for (const name of ["API_ADDRESS", "METRICS_ADDRESS", "DATABASE_URL", "BOOTSTRAP_TOKEN_SHA256_FILE"]) {
    assert.ok(message.includes(`  ${name}: `), message);
  }
  assert.match(
    message,
    /REFRESH_GRACE_SECONDS: "0" is out of bounds\n {4}expected: a whole number from 1 to 300/,
  );
  assert.ok(!message.includes("hunter2"));
});

test("the README's table has every variable", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const documented = [...readme.matchAll(/^\| `([A-Z0-9_]+)`/gm)].map(([, name]) => name);
  assert.deepEqual(documented.sort(), Object.keys(environmentSchema.shape).sort());
  for (const name of fileVariables) assert.ok(readme.includes(`${name}_FILE`), name);
});
