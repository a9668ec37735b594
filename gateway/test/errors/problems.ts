import assert from "node:assert/strict";
import { connect } from "node:net";
import { test } from "node:test";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { problemCodes, retiredCodes } from "../../src/errors/codes.ts";
import { mintToken } from "../../src/tokens/token.ts";
import { firstAdmin, newClient, refusedWith, startGateway } from "../support/gateway.ts";

/** Every code that was ever answered, with its status. Only ever add to this. */
const everAnswered = {
  "invalid-input": 400,
  "malformed-request": 400,
  "not-authenticated": 401,
  "token-invalid": 401,
  "token-expired": 401,
  "token-revoked": 401,
  "register-token-used": 401,
  "refresh-token-used": 401,
  "refresh-token-reused": 401,
  forbidden: 403,
  "not-found": 404,
  "method-not-allowed": 405,
  "log-not-ready": 409,
  "uploads-unavailable": 409,
  "application-active": 409,
  "request-timeout": 408,
  "request-too-large": 413,
  "unsupported-media-type": 415,
  "idempotency-key-reused": 422,
  "upload-mismatch": 422,
  "refused-by-cluster": 422,
  "too-many-failures": 429,
  "too-many-waiting": 429,
  "internal-error": 500,
  "store-unavailable": 503,
  "storage-unavailable": 503,
  "store-full": 503,
  "cluster-unavailable": 503,
  "identity-unavailable": 503,
};

test("a code keeps its meaning for ever: none is reused, none disappears", () => {
  const known = Object.entries(problemCodes).map(([code, { status }]) => [code, status]);
  const retired = Object.entries(everAnswered).filter(([code]) => retiredCodes.includes(code));
  assert.deepEqual(Object.fromEntries([...known, ...retired]), everAnswered);
  assert.equal(
    known.length + retired.length,
    Object.keys(everAnswered).length,
    "a retired code is answered again",
  );
});

test("whatever is wrong with a request, the answer is a problem that says what", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { accessToken: token } = await firstAdmin(gateway);
  const post = (body: string, headers = {}): ReturnType<typeof gateway.call> =>
    gateway.call("POST", "/v1/tokens/register-tokens", { token, body, headers });
  refusedWith(await post("{"), "malformed-request");
  refusedWith(await post(""), "malformed-request");
  refusedWith(await post('{"__proto__": {"role": "admin"}}'), "malformed-request");
  refusedWith(await post("<a/>", { "content-type": "application/xml" }), "unsupported-media-type");
  refusedWith(await post(JSON.stringify("x".repeat(2 ** 20))), "request-too-large");
  refusedWith(await gateway.call("GET", "/v1/nothing"), "not-found");
  refusedWith(await gateway.call("GET", "/v1/%zz"), "malformed-request");
  refusedWith(await gateway.call("GET", `/v1/tokens?cursor=nonsense`, { token }), "invalid-input");
  refusedWith(await gateway.call("DELETE", "/v1/tokens/1", { token }), "invalid-input");
});

test("another method of a path that is there is told which ones it has, whatever comes with it", async (context) => {
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) => {
      const config = { access: { action: "health:read" } } as const;
      v1.put("/files/v1.0/:id/parts/*", { config }, () => ({}));
      v1.get("/files/:id", { config }, () => ({}));
      v1.post("/files/:id([^:]+)::copy", { config }, () => ({}));
      v1.put("/files::check", { config }, () => ({}));
      v1.delete("/files/:id", { config }, () => ({}));
    },
  });
  const allowed = async (method: "DELETE" | "PATCH" | "PUT" | "TRACE", url: string): Promise<unknown> => {
    const answer = await gateway.call(method, url, {
      token: "nobody's",
      headers: { "content-type": "none" },
    });
    refusedWith(answer, "method-not-allowed");
    return answer.headers["allow"];
  };
  assert.equal(await allowed("TRACE", "/v1/whoami"), "GET, HEAD");
  assert.equal(await allowed("PATCH", "/v1/tokens?limit=1"), "GET, HEAD");
  assert.equal(await allowed("PUT", "/v1/tokens/register"), "POST");
  // Not a family of this name.
  assert.equal(await allowed("DELETE", "/v1/tokens/register-tokens"), "GET, HEAD, POST");
  assert.equal(await allowed("PATCH", "/v1/tokens/1"), "DELETE");
  assert.equal(await allowed("DELETE", "/v1/files/v1.0/7/parts/a/b"), "PUT");
  // Not a file of this name either.
  assert.equal(await allowed("DELETE", "/v1/files/7:copy"), "POST");
  assert.equal(await allowed("PATCH", "/v1/files/7:move"), "DELETE, GET, HEAD");
  assert.equal((await gateway.call("GET", "/v1/files/7:copied")).status, 200);
  assert.equal(await allowed("PATCH", "/v1/files:check"), "PUT");
  for (const url of [
    "/v1/files-check",
    "/v1/files/v1-0/7/parts/a",
    "/v1/files/v1.0/7/8/parts/a",
    "/v1/tokens/",
    "/v1",
    "/",
  ]) {
    refusedWith(await gateway.call("PATCH", url), "not-found");
  }
});

test("what is no HTTP at all is answered with a problem too", async (context) => {
  const { app, metrics } = await startGateway(context, "sqlite");
  const { hostname, port } = new URL(await app.listen({ host: "127.0.0.1", port: 0 }));
  const socket = connect(Number(port), hostname);
  socket.end("EHLO gateway\r\n\r\n");
  const chunks: string[] = [];
  for await (const chunk of socket.setEncoding("utf8")) chunks.push(String(chunk));
  const [head = "", body = ""] = chunks.join("").split("\r\n\r\n");
  assert.match(head, /^HTTP\/1\.1 400 [^]*application\/problem\+json/);
  assert.equal(textAt(JSON.parse(body), "code"), "malformed-request");
  assert.match(await metrics.registry.metrics(), /problems_total\{code="malformed-request"\} 1/);
});

test("all that is wrong with the input is told at once, with what would be right, and no token is repeated", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { accessToken: token } = await firstAdmin(gateway);
  const answer = await gateway.call("POST", "/v1/tokens/register-tokens", {
    token,
    body: {
      clientName: "Al ice",
      role: "root",
      accessLifetimeSeconds: 59,
      refreshLifetimeSeconds: 1.5,
      more: 1,
    },
  });
  refusedWith(answer, "invalid-input");
  assert.deepEqual(
    listAt(answer.body, "violations").map((each) => [textAt(each, "path"), textAt(each, "problem")]),
    [
      ["clientName", '"Al ice" does not have the right form'],
      ["role", '"root" is not one of "admin", "user"'],
      ["accessLifetimeSeconds", "59 is below the minimum of 60"],
      ["refreshLifetimeSeconds", "1.5 is not a whole number"],
      ["more", '"more" is not a key that is known here'],
    ],
  );
  const lifetimes = { clientName: "a", accessLifetimeSeconds: 7200, refreshLifetimeSeconds: 3600 };
  const longer = await gateway.call("POST", "/v1/tokens/register-tokens", { token, body: lifetimes });
  assert.deepEqual(listAt(longer.body, "violations"), [
    {
      path: "accessLifetimeSeconds",
      problem: "7200 is longer than refreshLifetimeSeconds",
      expected: "an access token that does not outlive its refresh token",
    },
  ]);
  const wrongKind = mintToken("access");
  const wrong = await gateway.call("POST", "/v1/tokens/refresh", { body: { refreshToken: wrongKind } });
  refusedWith(wrong, "invalid-input");
  assert.ok(!JSON.stringify(wrong.body).includes(wrongKind));
});

test("a problem has the fields of RFC 9457, and the request's id", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { body, headers } = await gateway.call("GET", "/v1/whoami");
  assert.deepEqual(body, {
    type: "urn:spark-platform:problem:not-authenticated",
    title: problemCodes["not-authenticated"].title,
    status: 401,
    detail: "send the header Authorization: Bearer ACCESS-TOKEN",
    instance: `urn:uuid:${String(headers["x-request-id"])}`,
    code: "not-authenticated",
  });
});

test("a fault of ours says nothing of itself to the caller, and all to the log", async (context) => {
  const gateway = await startGateway(context, "sqlite", {
    routes: (v1) =>
      void v1.get("/fault", { config: { access: { action: "health:read" } } }, () => {
        throw new Error("the cellar is flooded");
      }),
  });
  const answer = await gateway.call("GET", "/v1/fault");
  refusedWith(answer, "internal-error");
  assert.ok(!JSON.stringify(answer.body).includes("cellar"));
  assert.ok(
    gateway.log.some(
      (line) => line.includes("cellar") && line.includes(String(answer.headers["x-request-id"])),
    ),
  );
  const metrics = await gateway.metrics.registry.metrics();
  assert.match(metrics, /spark_gateway_problems_total\{code="internal-error"\} 1/);
  assert.match(metrics, /request_duration_seconds_count\{method="GET",route="\/v1\/fault",status="500"\} 1/);
});

test("the OpenAPI document has every route of the API, who may call it, and what it can answer", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { body } = await gateway.call("GET", "/v1/openapi.json");
  assert.equal(textAt(body, "openapi"), "3.1.0");
  const paths = at(body, "paths");
  assert.deepEqual(Object.keys(paths ?? {}).sort(), [
    "/v1/audit",
    "/v1/identities",
    "/v1/identities/{clientName}",
    "/v1/tokens",
    "/v1/tokens/refresh",
    "/v1/tokens/register",
    "/v1/tokens/register-tokens",
    "/v1/tokens/register-tokens/{id}",
    "/v1/tokens/{family}",
    "/v1/whoami",
  ]);
  assert.deepEqual(at(paths, "/v1/tokens/refresh", "post", "security"), []);
  assert.deepEqual(at(paths, "/v1/whoami", "get", "security"), [{ token: [] }]);
  const problem = at(
    paths,
    "/v1/whoami",
    "get",
    "responses",
    "4XX",
    "content",
    "application/problem+json",
    "schema",
  );
  assert.deepEqual(problem, { $ref: "#/components/schemas/Problem" });
  const references = [...JSON.stringify(body).matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(
    ([, id]) => id,
  );
  assert.deepEqual(
    [...new Set(references)].sort(),
    Object.keys(at(body, "components", "schemas") ?? {}).sort(),
  );
});

test("answers are what the schemas say: nothing of a row gets out that is not meant to", async (context) => {
  const gateway = await startGateway(context, "sqlite");
  const { accessToken: token } = await firstAdmin(gateway);
  await newClient(gateway, "alice", "user");
  for (const url of ["/v1/tokens", "/v1/tokens/register-tokens", "/v1/audit"]) {
    const { body } = await gateway.call("GET", url, { token });
    assert.ok(listAt(body, "items").length > 0);
    assert.doesNotMatch(JSON.stringify(body), /hash|nonce|spt_/);
  }
});
