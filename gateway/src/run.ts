import { once } from "node:events";
import type { Server } from "node:http";
import type { AddressInfo } from "node:net";

import { pino, type Logger } from "pino";
import { collectDefaultMetrics } from "prom-client";

import { buildApp } from "./app.ts";
import type { Applications, ApplicationsArgs } from "./applications.ts";
import { listedServiceAccounts, type ServiceAccounts } from "./auth/service-accounts.ts";
import { secondMs } from "./clock.ts";
import type { GatewayConfig } from "./config.ts";
import { loggerOptions } from "./logging.ts";
import { createMetrics } from "./metrics/metrics.ts";
import { metricsServer } from "./metrics/server.ts";
import { openStore } from "./store/store.ts";
import { bootstrap } from "./tokens/bootstrap.ts";
import { prune } from "./tokens/prune.ts";
import type { Tokens } from "./tokens/tokens.ts";

const pruneEveryMs = 3600 * secondMs;

/** A gateway that serves. */
export interface RunningGateway {
  readonly logger: Logger;
  /** Takes no more connections, finishes the requests that are there, and closes the store. */
  stop(): Promise<void>;
}

/** Starts a gateway. @throws the error of whatever cannot be had: the store, an address, the cluster. */
export async function run(config: GatewayConfig): Promise<RunningGateway> {
  const logger = pino(loggerOptions(config.logLevel));
  const store = await openStore(config.store, (err) => {
    logger.warn({ err }, "a connection to the store broke");
  });
  const tokens: Tokens = { store, now: Date.now, graceMs: config.graceMs };
  await bootstrap(tokens, config.bootstrapHash);
  const metrics = createMetrics();
  collectDefaultMetrics({ register: metrics.registry });
  const applications = await openApplicationsOf(config, { store, metrics, logger });
  const app = await buildApp({
    tokens,
    serviceAccounts: await serviceAccounts(config),
    platform: config.platform,
    metrics,
    logger,
    tls: config.tls,
    trustedProxies: config.trustedProxies,
    routes: applications?.routes,
    hosted: applications?.pages,
  });
  const exporter = metricsServer(metrics.registry);
  exporter.listen(config.metrics);
  await once(exporter, "listening");
  await applications?.start();
  await app.listen(config.api);
  const stopPruning = prunePeriodically(tokens, config.auditKeptMs, logger);
  logger.info(
    { api: boundTo(app.server), metrics: boundTo(exporter), store: config.store.kind },
    "the gateway serves",
  );
  return {
    logger,
    stop: async () => {
      stopPruning();
      await app.close();
      await applications?.stop();
      exporter.close();
      exporter.closeAllConnections();
      await store.close();
    },
  };
}

/** Loaded only where it is asked for: the clients of Kubernetes and of the store are large. */
async function openApplicationsOf(
  { platform, ui }: GatewayConfig,
  parts: Pick<ApplicationsArgs, "store" | "metrics" | "logger">,
): Promise<Applications | undefined> {
  if (platform === undefined) return undefined;
  const { openApplications } = await import("./applications.ts");
  return openApplications({ platform, ui, ...parts });
}

/** Loaded only where it is asked for. */
async function serviceAccounts({
  platform,
  serviceAccountAudience: audience,
}: GatewayConfig): Promise<ServiceAccounts | undefined> {
  if (platform === undefined || audience === undefined) return undefined;
  const { KubeConfig } = await import("@kubernetes/client-node");
  const { TokenReviewVerifier } = await import("./auth/token-review.ts");
  const cluster = new KubeConfig();
  cluster.loadFromDefault();
  return listedServiceAccounts(new TokenReviewVerifier(cluster, audience), platform);
}

/** Now and every hour. What fails is tried again an hour later. */
function prunePeriodically(tokens: Tokens, auditKeptMs: number, logger: Logger): () => void {
  const pruneNow = (): void => {
    prune(tokens, auditKeptMs).catch((err: unknown) => {
      logger.error({ err }, "what has expired could not be deleted");
    });
  };
  pruneNow();
  const timer = setInterval(pruneNow, pruneEveryMs);
  return () => {
    clearInterval(timer);
  };
}

function boundTo(server: Server): string {
  const bound: AddressInfo | string | null = server.address();
  if (bound === null || typeof bound === "string") return String(bound);
  return bound.family === "IPv6"
    ? `http://[${bound.address}]:${bound.port}`
    : `http://${bound.address}:${bound.port}`;
}
