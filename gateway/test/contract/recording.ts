import assert from "node:assert/strict";
import { fileURLToPath } from "node:url";

import { pino } from "pino";

import { openApplications } from "../../src/applications.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { gatewayOn, newClient } from "../support/gateway.ts";
import { onlyAnalytics, samplePlatform } from "../support/job-samples.ts";
import type { Scope } from "../support/scope.ts";
import { newLocation, open } from "../support/stores.ts";

const folder = fileURLToPath(new URL("../../../clients/python/tests/contract/", import.meta.url));

/** What the clients are tested against, path -> text: the API's description, and what may be said of a job. */
export async function record(scope: Scope): Promise<ReadonlyMap<string, string>> {
  const store = await open(scope, await newLocation(scope, "sqlite"));
  const metrics = createMetrics();
  const platform = samplePlatform(onlyAnalytics);
  const logger = pino({ level: "silent" });
  const applications = await openApplications({ platform, ui: undefined, store, metrics, logger });
  scope.after(() => applications.stop());
  const gateway = await gatewayOn(scope, store, { metrics, routes: applications.routes });
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  const read = async (path: string): Promise<string> => {
    const { status, body } = await gateway.call("GET", path, { token });
    assert.equal(status, 200, path);
    return `${JSON.stringify(body, undefined, 1)}\n`;
  };
  return new Map([
    [`${folder}openapi.json`, await read("/v1/openapi.json")],
    [`${folder}manifest.json`, await read(`/v1/clusters/${platform.cluster}/manifest`)],
  ]);
}
