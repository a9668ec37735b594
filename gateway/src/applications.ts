import { KubeConfig } from "@kubernetes/client-node";
import type { FastifyBaseLogger, FastifyInstance } from "fastify";

import type { UiConfig } from "./config.ts";
import { startDispatcher } from "./jobs/dispatcher.ts";
import { historyRoutes } from "./jobs/history-routes.ts";
import type { Jobs } from "./jobs/jobs.ts";
import { readRoutes } from "./jobs/read-routes.ts";
import { submissionMetrics } from "./jobs/submission-metrics.ts";
import { submitRoutes } from "./jobs/submit-routes.ts";
import { uploadRoutes } from "./jobs/upload-routes.ts";
import { S3Uploads } from "./jobs/uploads.ts";
import { KubernetesCluster } from "./kubernetes/kubernetes-cluster.ts";
import { logRoutes } from "./logs/routes.ts";
import { S3Archive } from "./logs/s3-archive.ts";
import type { Metrics } from "./metrics/metrics.ts";
import type { PagesPlaces, Platform } from "./platform.ts";
import { keepBeforeRemoval } from "./reconcile/keep-logs.ts";
import { reconcileMetrics } from "./reconcile/metrics.ts";
import { startReconciler } from "./reconcile/start.ts";
import type { HostedApp } from "./server.ts";
import { s3Client } from "./storage/s3.ts";
import type { Store } from "./store/store.ts";
import { buildEntry } from "./ui/entry.ts";
import { labelIn } from "./ui/origins.ts";
import { openSessions } from "./ui/sessions.ts";
import { buildUi } from "./ui/ui.ts";
import { visitors } from "./ui/visitor.ts";

/** The part of the gateway that has to do with applications: its routes, and what goes on beside them. */
export interface Applications {
  readonly routes: (v1: FastifyInstance) => void;
  /** The pages of applications, at hosts of their own. Undefined: there are none. */
  readonly pages: HostedApp | undefined;
  /** Begins what goes on beside the routes; called once. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

export interface ApplicationsArgs {
  readonly platform: Platform;
  readonly ui: UiConfig | undefined;
  readonly store: Store;
  readonly metrics: Metrics;
  readonly logger: FastifyBaseLogger;
}

/** Takes the cluster of the environment: of the pod's own account, or of KUBECONFIG. */
export async function openApplications(args: ApplicationsArgs): Promise<Applications> {
  const { platform, metrics, store, logger } = args;
  const kubeConfig = new KubeConfig();
  kubeConfig.loadFromDefault();
  const cluster = new KubernetesCluster(kubeConfig);
  const jobs: Jobs = { store, cluster, platform, now: Date.now, logger };
  const storage = platform.storage && { client: s3Client(platform.storage), bucket: platform.storage.bucket };
  const archive = storage && new S3Archive(storage.client, storage.bucket);
  const uploads = storage && new S3Uploads(storage.client, storage.bucket);
  const reconciling = { metrics: reconcileMetrics(metrics.registry, jobs), archive };
  const submissions = submissionMetrics(metrics.registry, jobs);
  const dispatcher = startDispatcher(jobs, submissions);
  const running: { stop(): Promise<void> }[] = [dispatcher];
  const ui = args.ui && platform.pages && (await openUi(args, args.ui, platform.pages, jobs));
  return {
    pages: ui?.pages,
    routes: (v1) => {
      readRoutes(v1, jobs);
      uploadRoutes(v1, jobs, uploads);
      submitRoutes(v1, {
        jobs,
        dispatcher,
        metrics: submissions,
        uploads,
        beforeRemoval: (row) => keepBeforeRemoval({ jobs, ...reconciling }, row),
      });
      historyRoutes(v1, jobs);
      logRoutes(v1, jobs, { archive, registry: metrics.registry });
    },
    start: async () => {
      running.push(startReconciler(jobs, reconciling));
      if (ui !== undefined) running.push(await ui.start());
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
      storage?.client.destroy();
    },
  };
}

/** The pages at their hosts, and the way to them from the front door, which has an address of its own. */
async function openUi(
  { metrics, logger, store }: ApplicationsArgs,
  { address, key, ...identity }: UiConfig,
  places: PagesPlaces,
  jobs: Jobs,
): Promise<{ readonly pages: HostedApp; readonly start: () => Promise<{ stop(): Promise<void> }> }> {
  const sessions = openSessions(key, jobs.now);
  const parts = { jobs, key, sessions, logger, metrics };
  const { origins } = places;
  const app = await buildUi({ ...parts, places });
  const visitorOf = visitors({ store, now: jobs.now, ...identity });
  const entry = await buildEntry({ ...parts, visitorOf, origins });
  return {
    pages: { app, isAt: (host) => labelIn(origins, host) !== undefined },
    start: async () => {
      await entry.listen(address);
      return {
        stop: async () => {
          await Promise.all([entry.close(), app.close()]);
        },
      };
    },
  };
}
