import type { TestContext } from "node:test";

import { pino } from "pino";
import { Registry } from "prom-client";

import { startDispatcher, type Dispatcher } from "../../src/jobs/dispatcher.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import type { BeforeRemoval } from "../../src/jobs/cancel.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import { submitRoutes } from "../../src/jobs/submit-routes.ts";
import type { Submitting } from "../../src/jobs/submit.ts";
import type { Cluster } from "../../src/kubernetes/cluster.ts";
import type { Store, StoreKind, StoreLocation } from "../../src/store/store.ts";
import { startFakeCluster, type FakeCluster } from "./fake-cluster.ts";
import { gatewayOn, newClient, type Answer, type TestGateway } from "./gateway.ts";
import { samplePlatform } from "./job-samples.ts";
import { newLocation, open } from "./stores.ts";
import { VirtualPace } from "./virtual-pace.ts";

export interface SubmitScene {
  readonly gateway: TestGateway;
  readonly fake: FakeCluster;
  readonly jobs: Jobs;
  readonly submitting: Submitting & { readonly dispatcher: Dispatcher };
  readonly store: Store;
  readonly registry: Registry;
  /** The jobs' clock. */
  readonly clock: { now: number };
  /** The dispatcher's. */
  readonly pace: VirtualPace;
  /** An access token. */
  readonly token: string;
  readonly submit: (body?: object, key?: string, token?: string) => Promise<Answer>;
}

export interface SubmitSceneParts {
  readonly limits?: { readonly perUserPerMinute?: number; readonly perMinute?: number };
  readonly storage?: object;
  /** Default: a new one. */
  readonly location?: StoreLocation;
  readonly has?: () => Promise<boolean>;
  readonly beforeRemoval?: BeforeRemoval;
  /** Default: the fake's own client. */
  readonly cluster?: (fake: FakeCluster) => Cluster;
}

/** A gateway that takes jobs, with a cluster, and a client named alice. */
export async function startSubmitting(
  context: TestContext,
  kind: StoreKind,
  { limits = {}, storage, location, has, beforeRemoval, cluster }: SubmitSceneParts = {},
): Promise<SubmitScene> {
  const fake = await startFakeCluster(context, 10_000);
  const store = await open(context, location ?? (await newLocation(context, kind)));
  const clock = { now: Date.UTC(2026, 10, 24, 12) };
  const jobs: Jobs = {
    store,
    cluster: cluster?.(fake) ?? fake.cluster,
    platform: samplePlatform({ limits, ...(storage && { storage }) }),
    now: () => clock.now,
    logger: pino({ level: "silent" }),
  };
  const pace = new VirtualPace();
  const registry = new Registry();
  const metrics = submissionMetrics(registry, jobs);
  const dispatcher = startDispatcher(jobs, metrics, pace);
  const submitting = { jobs, dispatcher, metrics };
  const gateway = await gatewayOn(context, store, {
    routes: (v1) => {
      submitRoutes(v1, {
        ...submitting,
        uploads: has && { has },
        beforeRemoval: beforeRemoval ?? (() => Promise.resolve()),
      });
    },
  });
  // The last to be started is the first to stop: the store is still open.
  context.after(dispatcher.stop);
  const { accessToken: token } = await newClient(gateway, "alice", "user");
  return {
    gateway,
    fake,
    jobs,
    submitting,
    store,
    registry,
    clock,
    pace,
    token,
    submit: (body = sampleRequest(), key, as = token) =>
      gateway.call("POST", "/v1/applications", {
        token: as,
        body,
        ...(key !== undefined && { headers: { "idempotency-key": key } }),
      }),
  };
}

/** A right request, whose code is a file. */
export function sampleRequest(name = "word-count"): object {
  return { namespace: "team-a", job: { name }, code: { file: { name: "main.py", text: "print(1)\n" } } };
}
