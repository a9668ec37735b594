import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage } from "node:http";
import { test, type TestContext } from "node:test";

import { KubeConfig } from "@kubernetes/client-node";

import { listAt, parseJson, textAt } from "../../../local/kube/json.ts";
import {
  listedServiceAccounts,
  type ServiceAccounts,
  type ServiceAccountVerifier,
} from "../../src/auth/service-accounts.ts";
import { TokenReviewVerifier } from "../../src/auth/token-review.ts";
import { refusedWith, startGateway } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";

const audience = "spark-platform";
const jwt = "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJzeXN0ZW0ifQ.c2lnbmF0dXJl";
const account = "system:serviceaccount:analytics:notebook";

interface Asked {
  readonly path: string;
  readonly authorization: string | undefined;
  readonly body: unknown;
}

/** An API server that answers every TokenReview with `status`, with an HTTP error, or not at all. */
async function apiServer(
  context: TestContext,
  status: object | number | "silence",
): Promise<{ verifier: TokenReviewVerifier; asked: Asked[] }> {
  const asked: Asked[] = [];
  const server = createServer((request, response) => {
    void readBody(request).then((text) => {
      asked.push({
        path: request.url ?? "",
        authorization: request.headers.authorization,
        body: parseJson(text),
      });
      response.setHeader("content-type", "application/json");
      const review = { apiVersion: "authentication.k8s.io/v1", kind: "TokenReview", spec: { token: jwt } };
      if (status === "silence") return;
      if (typeof status === "number")
        response.writeHead(status).end(JSON.stringify({ message: `no, ${jwt}` }));
      else response.writeHead(201).end(JSON.stringify({ ...review, status }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  context.after(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return { verifier: verifierAt(address.port), asked };
}

function verifierAt(port: number): TokenReviewVerifier {
  const cluster = new KubeConfig();
  cluster.loadFromClusterAndUser(
    { name: "test", server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: "gateway", token: "gateways-own" },
  );
  return new TokenReviewVerifier(cluster, audience, 1000);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: string[] = [];
  for await (const chunk of request.setEncoding("utf8")) chunks.push(String(chunk));
  return chunks.join("");
}

/** The account, in one namespace of the platform's two. */
const listing = (verifier: ServiceAccountVerifier): ServiceAccounts =>
  listedServiceAccounts(
    verifier,
    samplePlatform({
      serviceAccounts: [{ namespace: "analytics", name: "notebook", role: "user", namespaces: ["team-a"] }],
    }),
  );

const good = { authenticated: true, audiences: [audience], user: { username: account } };

test("Kubernetes is asked about the token, for the platform's audience, as the gateway itself", async (context) => {
  const { verifier, asked } = await apiServer(context, good);
  assert.equal(await verifier.verify(jwt), account);
  assert.equal(asked.length, 1);
  const [{ path, authorization, body } = assert.fail("not asked")] = asked;
  assert.equal(path, "/apis/authentication.k8s.io/v1/tokenreviews");
  assert.equal(authorization, "Bearer gateways-own");
  assert.equal(textAt(body, "spec", "token"), jwt);
  assert.deepEqual(listAt(body, "spec", "audiences"), [audience]);
});

for (const [what, status] of [
  ["is not good", { authenticated: false, error: "expired" }],
  ["is for another audience", { ...good, audiences: ["other"] }],
  ["is of a server that knows no audiences", { authenticated: true, user: { username: account } }],
  ["is no service account's", { ...good, user: { username: "alice@example.org" } }],
  ["is nobody's", { authenticated: true, audiences: [audience] }],
] as const) {
  test(`a token that ${what} is not accepted`, async (context) => {
    const { verifier } = await apiServer(context, status);
    assert.equal(await verifier.verify(jwt), undefined);
    const gateway = await startGateway(context, "sqlite", { serviceAccounts: listing(verifier) });
    refusedWith(await gateway.call("GET", "/v1/whoami", { token: jwt }), "token-invalid");
  });
}

test("a listed service account is a user of its namespaces, by its own name", async (context) => {
  const { verifier } = await apiServer(context, good);
  const gateway = await startGateway(context, "sqlite", { serviceAccounts: listing(verifier) });
  const { body } = await gateway.call("GET", "/v1/whoami", { token: jwt });
  assert.deepEqual(body, { name: account, role: "user", family: null, namespaces: ["team-a"] });
});

test("an account that is not listed is not accepted, whatever it is called", async (context) => {
  for (const username of [
    "system:serviceaccount:analytics:notebook2",
    "system:serviceaccount:analytics:",
    "system:serviceaccount:other:notebook",
    "system:serviceaccount:analytics:notebook:x",
    "system:serviceaccount:Analytics:notebook",
    "system:serviceaccount:team-a:spark",
  ]) {
    const { verifier } = await apiServer(context, { ...good, user: { username } });
    const gateway = await startGateway(context, "sqlite", { serviceAccounts: listing(verifier) });
    refusedWith(await gateway.call("GET", "/v1/whoami", { token: jwt }), "token-invalid");
  }
});

test("Kubernetes that refuses or does not answer is no fault of the caller's, and the token is not repeated", async (context) => {
  const forbidding = (await apiServer(context, 403)).verifier;
  const silent = (await apiServer(context, "silence")).verifier;
  for (const verifier of [forbidding, silent, verifierAt(1)]) {
    const gateway = await startGateway(context, "sqlite", { serviceAccounts: listing(verifier) });
    const answer = await gateway.call("GET", "/v1/whoami", { token: jwt });
    refusedWith(answer, "identity-unavailable");
    assert.ok(gateway.log.some((line) => line.includes("TokenReview failed")));
    assert.ok(!gateway.log.join("").includes(jwt) && !JSON.stringify(answer.body).includes(jwt));
  }
});
