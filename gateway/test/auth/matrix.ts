import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { Registry } from "prom-client";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import { listedServiceAccounts } from "../../src/auth/service-accounts.ts";
import { historyRoutes } from "../../src/jobs/history-routes.ts";
import { readRoutes } from "../../src/jobs/read-routes.ts";
import { uploadRoutes } from "../../src/jobs/upload-routes.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import type { Uploads } from "../../src/jobs/uploads.ts";
import { submitRoutes } from "../../src/jobs/submit-routes.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import type { Role } from "../../src/store/tables.ts";
import {
  firstAdmin,
  newClient,
  newRegisterToken,
  refusedWith,
  startGateway,
  type Given,
  type TestGateway,
} from "../support/gateway.ts";
import { id, logName, putApplication, putPod, startLogs } from "../support/log-scene.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { sampleRequest } from "../support/submitting.ts";

/** JWTs by their form, which this test's verifier alone knows. */
const accountTokens = {
  listed: "eyJh.eyJz.bGlzdGVk",
  unlisted: "eyJh.eyJz.b3RoZXI",
  teams: "eyJh.eyJz.dGVhbQ",
};
const accountNames: Readonly<Record<string, string>> = {
  [accountTokens.listed]: "system:serviceaccount:airflow:scheduler",
  [accountTokens.unlisted]: "system:serviceaccount:airflow:default",
  [accountTokens.teams]: "system:serviceaccount:team-a:spark",
};
const serviceAccounts = listedServiceAccounts(
  { verify: (token) => Promise.resolve(accountNames[token]) },
  {
    namespaces: samplePlatform().namespaces,
    serviceAccounts: [
      { namespace: "airflow", name: "scheduler", role: "user", namespaces: ["team-a"] },
      // No file can say this (platform.ts). Where one did, it would count for nothing.
      { namespace: "team-a", name: "spark", role: "admin", namespaces: ["team-a", "team-b"] },
    ],
  },
);

/** A store that no client reaches, so that there are all of the routes. */
const storage = { bucket: "data", region: "eu-west-1", pathStyle: true, uploads: "gateway" };
const uploads: Uploads = {
  has: () => Promise.resolve(false),
  presign: () => assert.fail("nobody reaches it"),
  put: () => Promise.resolve(),
};

/** What the routes act on is in team-a, and belongs to the owner. */
const callers = [
  "nobody",
  "account that is not listed",
  "team's account",
  "other user",
  "listed account",
  "owner, limited to another namespace",
  "admin of another namespace",
  "owner",
  "admin of the namespace",
  "admin",
] as const;
type Caller = (typeof callers)[number];

interface Row {
  /** What the call is made with; whatever it acts on is made anew for every call. */
  readonly request: (scene: Scene) => Promise<{ readonly url: string } & Given>;
  /** The status for each caller, in their order. */
  readonly statuses: Statuses;
}

type OneEach<All extends readonly unknown[]> = { readonly [Index in keyof All]: number };
type Statuses = OneEach<typeof callers>;

interface Scene {
  readonly gateway: TestGateway;
  readonly admin: string;
}

const get =
  (url: string): Row["request"] =>
  () =>
    Promise.resolve({ url });
const open: Statuses = [200, 200, 200, 200, 200, 200, 200, 200, 200, 200];
const withToken: Statuses = [401, 401, 401, 200, 200, 200, 200, 200, 200, 200];
const adminsOnly: Statuses = [401, 401, 401, 403, 403, 403, 403, 403, 403, 200];
const owned: Statuses = [401, 401, 401, 404, 404, 404, 404, 200, 200, 200];
/** Of actions in team-a that are about nothing that is there. */
const inNamespace = (done: number): Statuses => [401, 401, 401, done, done, 403, 403, done, done, done];

/** Every route there is. */
const matrix: Readonly<Record<string, Row>> = {
  "GET /healthz": { request: get("/healthz"), statuses: open },
  "GET /readyz": { request: get("/readyz"), statuses: open },
  "GET /v1/openapi.json": { request: get("/v1/openapi.json"), statuses: open },
  "POST /v1/tokens/register": {
    request: async ({ gateway, admin }) => {
      const registerToken = await newRegisterToken(gateway, admin, { clientName: "new" });
      return { url: "/v1/tokens/register", body: { registerToken } };
    },
    statuses: [201, 201, 201, 201, 201, 201, 201, 201, 201, 201],
  },
  "POST /v1/tokens/refresh": {
    request: async ({ gateway }) => {
      const { refreshToken } = await newClient(gateway, "new", "user");
      return { url: "/v1/tokens/refresh", body: { refreshToken } };
    },
    statuses: open,
  },
  "GET /v1/tokens": { request: get("/v1/tokens"), statuses: withToken },
  "DELETE /v1/tokens/:family": {
    request: async ({ gateway }) => {
      const { family } = await newClient(gateway, "owner", "user");
      return { url: `/v1/tokens/${family}` };
    },
    // A family is in no namespace: whoever is its client may end it, and of admins those of the platform.
    statuses: [401, 401, 401, 404, 404, 200, 404, 200, 404, 200],
  },
  "POST /v1/tokens/register-tokens": {
    request: () => Promise.resolve({ url: "/v1/tokens/register-tokens", body: { clientName: "new" } }),
    statuses: [401, 401, 401, 403, 403, 403, 403, 403, 403, 201],
  },
  "GET /v1/tokens/register-tokens": { request: get("/v1/tokens/register-tokens"), statuses: adminsOnly },
  "DELETE /v1/tokens/register-tokens/:id": {
    request: async ({ gateway, admin }) => {
      const url = "/v1/tokens/register-tokens";
      const { body } = await gateway.call("POST", url, { token: admin, body: { clientName: "owner" } });
      return { url: `${url}/${textAt(body, "id") ?? ""}` };
    },
    statuses: adminsOnly,
  },
  "GET /v1/whoami": { request: get("/v1/whoami"), statuses: withToken },
  "GET /v1/applications/:id/events": {
    request: get(`/v1/applications/${id}/events`),
    statuses: owned,
  },
  "GET /v1/applications/:id/logs": {
    request: get(`/v1/applications/${id}/logs`),
    statuses: owned,
  },
  "GET /v1/clusters": { request: get("/v1/clusters"), statuses: withToken },
  "GET /v1/clusters/:cluster/manifest": { request: get("/v1/clusters/test/manifest"), statuses: withToken },
  "POST /v1/applications::validate": {
    request: () => Promise.resolve({ url: "/v1/applications:validate", body: sampleRequest() }),
    statuses: inNamespace(200),
  },
  "GET /v1/applications": { request: get("/v1/applications"), statuses: withToken },
  "GET /v1/applications/:id": { request: get(`/v1/applications/${id}`), statuses: owned },
  "POST /v1/applications": {
    request: () => Promise.resolve({ url: "/v1/applications", body: sampleRequest() }),
    statuses: inNamespace(202),
  },
  "POST /v1/applications/:id([^:]+)::cancel": {
    request: async ({ gateway: { store } }) => {
      const owned = `queued-${randomUUID()}`;
      await addApplication(store, { id: owned, owner: "owner" });
      return { url: `/v1/applications/${owned}:cancel` };
    },
    statuses: owned,
  },
  "DELETE /v1/applications/:id": {
    request: async ({ gateway: { store } }) => {
      const owned = `ended-${randomUUID()}`;
      await addApplication(store, { id: owned, owner: "owner", state: "SUCCEEDED" });
      return { url: `/v1/applications/${owned}` };
    },
    statuses: owned,
  },
  "POST /v1/uploads": {
    request: () =>
      Promise.resolve({ url: "/v1/uploads", body: { sha256: "0".repeat(64), size: 1, kind: "py" } }),
    statuses: withToken,
  },
  "PUT /v1/uploads/:kind/:sha256": {
    request: () =>
      Promise.resolve({
        url: `/v1/uploads/py/${"0".repeat(64)}`,
        body: "1",
        headers: { "content-type": "application/octet-stream" },
      }),
    statuses: withToken,
  },
  "GET /v1/identities": { request: get("/v1/identities"), statuses: adminsOnly },
  "DELETE /v1/identities/:clientName": {
    request: async ({ gateway: { store } }) => {
      const identity = { issuer: "https://login.test", subject: randomUUID(), linked_at: 0 };
      await store.db
        .insertInto("identities")
        .values({ ...identity, client_name: "owner" })
        .onConflict((conflict) => conflict.doNothing())
        .execute();
      return { url: "/v1/identities/owner" };
    },
    statuses: adminsOnly,
  },
  "GET /v1/audit": { request: get("/v1/audit"), statuses: adminsOnly },
};

test("every route answers nobody, others, the owner and admins as its policy says", async (context) => {
  const routes: string[] = [];
  const { gateway, store, fake } = await startLogs(context, "sqlite", {
    serviceAccounts,
    more: (v1, jobs) => {
      readRoutes(v1, jobs);
      historyRoutes(v1, jobs);
      uploadRoutes(v1, { ...jobs, platform: samplePlatform({ storage }) }, uploads);
      submitRoutes(v1, {
        jobs,
        // All waits: what the cluster does is none of the policy's matter.
        dispatcher: { dispatch: () => Promise.resolve("postponed"), wake: () => undefined },
        metrics: submissionMetrics(new Registry(), jobs),
        uploads: undefined,
        beforeRemoval: () => Promise.resolve(),
      });
    },
    metrics: {
      ...createMetrics(),
      // The first hook of the app that sees its routes.
      observe: (app) => {
        app.addHook("onRoute", ({ method, url }) => void routes.push(`${String(method)} ${url}`));
      },
    },
  });
  const token = async (name: string, role: Role, namespaces?: readonly string[]): Promise<string> =>
    (await newClient(gateway, name, role, namespaces)).accessToken;
  const admin = (await firstAdmin(gateway)).accessToken;
  const tokens: Readonly<Record<Caller, string | undefined>> = {
    nobody: undefined,
    "account that is not listed": accountTokens.unlisted,
    "team's account": accountTokens.teams,
    "other user": await token("other", "user"),
    "listed account": accountTokens.listed,
    "owner, limited to another namespace": await token("owner", "user", ["team-b"]),
    "admin of another namespace": await token("root-b", "admin", ["team-b"]),
    owner: await token("owner", "user"),
    "admin of the namespace": await token("root-a", "admin", ["team-a"]),
    admin,
  };
  await putApplication(store);
  putPod(fake, "driver", { running: {} });
  fake.logs.set(logName("driver"), { lines: [], ended: false });
  const scene: Scene = { gateway, admin };
  const heads = routes.filter((route) => route.startsWith("HEAD "));
  assert.deepEqual(
    routes.filter((route) => !heads.includes(route)).sort(),
    Object.keys(matrix).sort(),
    "the matrix has every route",
  );
  let calls = 0;
  for (const [route, { request, statuses }] of Object.entries(matrix)) {
    const method = (["GET", "POST", "PUT"] as const).find((each) => route.startsWith(each)) ?? "DELETE";
    const methods = heads.includes(route.replace("GET", "HEAD")) ? ([method, "HEAD"] as const) : [method];
    for (const each of methods) {
      for (const [index, caller] of callers.entries()) {
        const { url, ...given } = await request(scene);
        const { status, body } = await gateway.call(each, url, {
          ...given,
          token: tokens[caller],
          // Each from an address of its own: unknown tokens are counted by address.
          address: `10.0.${calls >> 8}.${calls++ & 255}`,
        });
        const answer = JSON.stringify(body);
        assert.equal(status, statuses[index], `${each} ${url} as ${caller}: ${answer}`);
        if (caller.endsWith("another namespace"))
          assert.ok(!answer.includes("team-a"), `${each} ${url} tells ${caller}: ${answer}`);
      }
    }
  }
});

test("users see their own families alone, and admins all of them", async (context) => {
  const gateway = await startGateway(context, "sqlite", { serviceAccounts });
  const owner = await newClient(gateway, "owner", "user");
  const second = await newClient(gateway, "owner", "user");
  const other = await newClient(gateway, "other", "user");
  const admin = await firstAdmin(gateway);
  const seen = async (token: string): Promise<readonly unknown[]> => {
    const { body } = await gateway.call("GET", "/v1/tokens", { token });
    return listAt(body, "items").map((item) => at(item, "id"));
  };
  assert.deepEqual((await seen(owner.accessToken)).toSorted(), [owner.family, second.family].sort());
  assert.deepEqual(await seen(other.accessToken), [other.family]);
  assert.deepEqual(await seen(accountTokens.listed), []);
  const all = await seen(admin.accessToken);
  for (const { family } of [owner, second, other, admin]) assert.ok(all.includes(family));
});

test("of namespaces, applications and clusters each sees what their token reaches", async (context) => {
  const { gateway, store } = await startLogs(context, "sqlite", { serviceAccounts, more: readRoutes });
  for (const namespace of ["team-a", "team-b"]) {
    await addApplication(store, { id: `of-owner-${namespace}`, owner: "owner", namespace });
    const owner = "system:serviceaccount:airflow:scheduler";
    await addApplication(store, { id: `of-scheduler-${namespace}`, owner, namespace });
  }
  const seen = async (token: string, query = ""): Promise<readonly unknown[]> => {
    const { body } = await gateway.call("GET", `/v1/applications${query}`, { token });
    return listAt(body, "items")
      .map((item) => at(item, "id"))
      .sort();
  };
  const namespacesOf = async (token: string): Promise<readonly unknown[]> => {
    const clusters = await gateway.call("GET", "/v1/clusters", { token });
    const manifest = await gateway.call("GET", "/v1/clusters/test/manifest", { token });
    const own = listAt(listAt(clusters.body, "items")[0], "namespaces");
    assert.deepEqual(listAt(manifest.body, "cluster", "namespaces"), own);
    return own;
  };
  const ofB = (await newClient(gateway, "owner", "user", ["team-b"])).accessToken;
  const rootB = (await newClient(gateway, "root", "admin", ["team-b"])).accessToken;
  assert.deepEqual(await seen(ofB), ["of-owner-team-b"]);
  assert.deepEqual(await seen(ofB, "?namespace=team-a"), []);
  assert.deepEqual(await seen(rootB), ["of-owner-team-b", "of-scheduler-team-b"]);
  assert.deepEqual(await seen(rootB, "?owner=owner"), ["of-owner-team-b"]);
  assert.deepEqual(await seen(rootB, "?namespace=team-a&owner=owner"), []);
  assert.deepEqual(await seen(accountTokens.listed), ["of-scheduler-team-a"]);
  assert.deepEqual(await namespacesOf(ofB), ["team-b"]);
  assert.deepEqual(await namespacesOf(accountTokens.listed), ["team-a"]);
  assert.deepEqual(await namespacesOf((await firstAdmin(gateway)).accessToken), ["team-a", "team-b"]);
});

test("a namespace out of reach is refused like one that is not there", async (context) => {
  const { gateway } = await startLogs(context, "sqlite", { serviceAccounts, more: readRoutes });
  const token = (await newClient(gateway, "owner", "user", ["team-b"])).accessToken;
  const answers = await Promise.all(
    ["team-a", "none", "", "__proto__", 1, null, undefined, ["team-b"]].map(async (namespace) => {
      const body = { ...sampleRequest(), namespace };
      const answer = await gateway.call("POST", "/v1/applications:validate", { token, body });
      refusedWith(answer, "forbidden");
      return textAt(answer.body, "detail");
    }),
  );
  assert.equal(new Set(answers).size, 1, String(answers));
  assert.match(answers[0] ?? "", /team-b/);
});
