import type { TestContext } from "node:test";

import { readRoutes } from "../../src/jobs/read-routes.ts";
import type { Platform } from "../../src/platform.ts";
import type { StoreKind } from "../../src/store/store.ts";
import { startFakeCluster } from "./fake-cluster.ts";
import { firstAdmin, gatewayOn, newClient, type TestGateway } from "./gateway.ts";
import { samplePages, samplePlatform } from "./job-samples.ts";
import { newLocation, open } from "./stores.ts";

/** A gateway that tells of jobs, and access tokens of two users and an admin. */
export interface ReadScene {
  readonly gateway: TestGateway;
  readonly alice: string;
  readonly bob: string;
  readonly admin: string;
}

export async function startReading(
  context: TestContext,
  kind: StoreKind = "sqlite",
  platform: Platform = samplePlatform({ pages: samplePages }),
): Promise<ReadScene> {
  const { cluster } = await startFakeCluster(context);
  const store = await open(context, await newLocation(context, kind));
  const gateway = await gatewayOn(context, store, {
    routes: (v1) => {
      readRoutes(v1, { store, cluster, platform, now: () => 0, logger: v1.log });
    },
  });
  return {
    gateway,
    alice: (await newClient(gateway, "alice", "user")).accessToken,
    bob: (await newClient(gateway, "bob", "user")).accessToken,
    admin: (await firstAdmin(gateway)).accessToken,
  };
}
