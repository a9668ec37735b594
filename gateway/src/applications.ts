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
import type { Platform } from "./platform.ts";
import { keepBeforeRemoval } from "./reconcile/keep-logs.ts";
import { reconcileMetrics } from "./reconcile/metrics.ts";
import { startReconciler } from "./reconcile/start.ts";
import { s3Client } from "./storage/s3.ts";
import type { Store } from "./store/store.ts";
import { buildUi } from "./ui/ui.ts";
import { visitors } from "./ui/visitor.ts";

/** The part of the gateway that has to do with applications: its routes, and what goes on beside them. */
export interface Applications {
  readonly routes: (v1: FastifyInstance) => void;
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
export function openApplications(args: ApplicationsArgs): Applications {
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
  return {
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
      if (args.ui !== undefined) running.push(await startUi(args, args.ui, jobs));
    },
    stop: async () => {
      await Promise.all(running.map((each) => each.stop()));
      storage?.client.destroy();
    },
  };
}

async function startUi(
  { metrics, logger, store }: ApplicationsArgs,
  { address, key, ...identity }: UiConfig,
  jobs: Jobs,
): Promise<{ stop(): Promise<void> }> {
  const visitorOf = visitors({ store, now: jobs.now, ...identity });
  const ui = await buildUi({ jobs, key, visitorOf, logger, metrics });
  await ui.listen(address);
  return { stop: () => ui.close() };
}
