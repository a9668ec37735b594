import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { test } from "node:test";

import { Registry } from "prom-client";

import { at, listAt, textAt } from "../../../local/kube/json.ts";
import type { ServiceAccountVerifier } from "../../src/auth/service-accounts.ts";
import { historyRoutes } from "../../src/jobs/history-routes.ts";
import { readRoutes } from "../../src/jobs/read-routes.ts";
import { uploadRoutes } from "../../src/jobs/upload-routes.ts";
import { dispatch } from "../../src/jobs/dispatch.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import type { Uploads } from "../../src/jobs/uploads.ts";
import { submitRoutes } from "../../src/jobs/submit-routes.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import {
  firstAdmin,
  newClient,
  newRegisterToken,
  startGateway,
  type Given,
  type TestGateway,
} from "../support/gateway.ts";
import { id, logName, putApplication, putPod, startLogs } from "../support/log-scene.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { addApplication } from "../support/rows.ts";
import { sampleRequest } from "../support/submitting.ts";

/** A JWT by its form; only this test's verifier knows it. */
const serviceAccountToken = "eyJh.eyJz.c2ln";
const serviceAccounts: ServiceAccountVerifier = {
  verify: (token) =>
    Promise.resolve(token === serviceAccountToken ? "system:serviceaccount:analytics:notebook" : undefined),
};

/** A store that no client reaches, so that there are all of the routes. */
const storage = { bucket: "data", region: "eu-west-1", pathStyle: true, uploads: "gateway" };
const uploads: Uploads = {
  has: () => Promise.resolve(false),
  presign: () => assert.fail("nobody reaches it"),
  put: () => Promise.resolve(),
};

const callers = ["nobody", "other", "service account", "owner", "admin"] as const;
type Caller = (typeof callers)[number];

interface Row {
  /** What the call is made with; whatever it acts on is made anew for every call. */
  readonly request: (scene: Scene) => Promise<{ readonly url: string } & Given>;
  /** The status for each caller, in their order. */
  readonly statuses: readonly [number, number, number, number, number];
}

interface Scene {
  readonly gateway: TestGateway;
  readonly admin: string;
}

const get =
  (url: string): Row["request"] =>
  () =>
    Promise.resolve({ url });
const open = [200, 200, 200, 200, 200] as const;
const withToken = [401, 200, 200, 200, 200] as const;
const adminsOnly = [401, 403, 403, 403, 200] as const;

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
    statuses: [201, 201, 201, 201, 201],
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
    statuses: [401, 404, 404, 200, 200],
  },
  "POST /v1/tokens/register-tokens": {
    request: () => Promise.resolve({ url: "/v1/tokens/register-tokens", body: { clientName: "new" } }),
    statuses: [401, 403, 403, 403, 201],
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
    statuses: [401, 404, 404, 200, 200],
  },
  "GET /v1/applications/:id/logs": {
    request: get(`/v1/applications/${id}/logs`),
    statuses: [401, 404, 404, 200, 200],
  },
  "GET /v1/clusters": { request: get("/v1/clusters"), statuses: withToken },
  "GET /v1/clusters/:cluster/manifest": { request: get("/v1/clusters/test/manifest"), statuses: withToken },
  "POST /v1/applications::validate": {
    request: () => Promise.resolve({ url: "/v1/applications:validate", body: {} }),
    statuses: withToken,
  },
  "GET /v1/applications": { request: get("/v1/applications"), statuses: withToken },
  "GET /v1/applications/:id": { request: get(`/v1/applications/${id}`), statuses: [401, 404, 404, 200, 200] },
  "POST /v1/applications": {
    request: () => Promise.resolve({ url: "/v1/applications", body: sampleRequest() }),
    statuses: [401, 201, 201, 201, 201],
  },
  "POST /v1/applications/:id([^:]+)::cancel": {
    request: async ({ gateway: { store } }) => {
      const owned = `queued-${randomUUID()}`;
      await addApplication(store, { id: owned, owner: "owner" });
      return { url: `/v1/applications/${owned}:cancel` };
    },
    statuses: [401, 404, 404, 200, 200],
  },
  "DELETE /v1/applications/:id": {
    request: async ({ gateway: { store } }) => {
      const owned = `ended-${randomUUID()}`;
      await addApplication(store, { id: owned, owner: "owner", state: "SUCCEEDED" });
      return { url: `/v1/applications/${owned}` };
    },
    statuses: [401, 404, 404, 200, 200],
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
        // No loop: what has no turn waits.
        dispatcher: { dispatch: (row) => dispatch(jobs, row), wake: () => undefined },
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
  const tokens: Record<Caller, string | undefined> = {
    nobody: undefined,
    other: (await newClient(gateway, "other", "user")).accessToken,
    "service account": serviceAccountToken,
    owner: (await newClient(gateway, "owner", "user")).accessToken,
    admin: (await firstAdmin(gateway)).accessToken,
  };
  await putApplication(store);
  putPod(fake, "driver", { running: {} });
  fake.logs.set(logName("driver"), { lines: [], ended: false });
  const scene: Scene = { gateway, admin: tokens.admin ?? "" };
  const heads = routes.filter((route) => route.startsWith("HEAD "));
  assert.deepEqual(
    routes.filter((route) => !heads.includes(route)).sort(),
    Object.keys(matrix).sort(),
    "the matrix has every route",
  );
  for (const [route, { request, statuses }] of Object.entries(matrix)) {
    const method = (["GET", "POST", "PUT"] as const).find((each) => route.startsWith(each)) ?? "DELETE";
    const methods = heads.includes(route.replace("GET", "HEAD")) ? ([method, "HEAD"] as const) : [method];
    for (const each of methods) {
      for (const [index, caller] of callers.entries()) {
        const { url, ...given } = await request(scene);
        const { status, body } = await gateway.call(each, url, { ...given, token: tokens[caller] });
        assert.equal(status, statuses[index], `${each} ${url} as ${caller}: ${JSON.stringify(body)}`);
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
  assert.deepEqual(await seen(serviceAccountToken), []);
  const all = await seen(admin.accessToken);
  for (const { family } of [owner, second, other, admin]) assert.ok(all.includes(family));
});
