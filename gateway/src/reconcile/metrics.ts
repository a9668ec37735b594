import { Counter, Gauge, Histogram, type Registry } from "prom-client";

import { applicationStates } from "../jobs/application.ts";
import type { Jobs } from "../jobs/jobs.ts";

/** What is counted of reconciling. */
export interface ReconcileMetrics {
  /** A watch broke off, or the API server did not answer. */
  readonly interrupted: (kind: string) => void;
  readonly archiveFailed: (what: "log" | "events" | "removal") => void;
  /** From the first news of an application until it was written down. */
  readonly settled: (ms: number) => void;
  readonly settleFailed: () => void;
  readonly leading: (is: boolean) => void;
}

export function reconcileMetrics(registry: Registry, { store, logger }: Jobs): ReconcileMetrics {
  const registers = [registry];
  const interruptions = new Counter({
    name: "spark_gateway_watch_interruptions_total",
    help: "Watches of Kubernetes that broke off or could not begin, by kind",
    labelNames: ["kind"],
    registers,
  });
  const archiveFailures = new Counter({
    name: "spark_gateway_archive_failures_total",
    help: "Logs and events that could not be put into the archive, or removed; each is tried again while it is there",
    labelNames: ["what"],
    registers,
  });
  const lag = new Histogram({
    name: "spark_gateway_reconcile_lag_seconds",
    help: "Time from news of an application until it is written down",
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300],
    registers,
  });
  const failures = new Counter({
    name: "spark_gateway_reconcile_failures_total",
    help: "Failed tries to write down news of an application; each is tried again",
    registers,
  });
  const leader = new Gauge({
    name: "spark_gateway_reconciling",
    help: "1 where this gateway is the one that reconciles",
    registers,
  });
  applicationsGauge(registry, { store, logger });
  return {
    interrupted: (kind) => {
      interruptions.inc({ kind });
    },
    archiveFailed: (what) => {
      archiveFailures.inc({ what });
    },
    settled: (ms) => {
      lag.observe(ms / 1000);
    },
    settleFailed: () => {
      failures.inc();
    },
    leading: (is) => {
      leader.set(is ? 1 : 0);
    },
  };
}

/** Read from the store when somebody asks: the same at every gateway. An index has all that is asked for. */
function applicationsGauge(registry: Registry, { store, logger }: Pick<Jobs, "store" | "logger">): void {
  const gauge = new Gauge({
    name: "spark_gateway_applications",
    help: "Applications by state, finished ones as long as they are remembered",
    labelNames: ["state"],
    registers: [registry],
    collect: async () => {
      gauge.reset();
      try {
        const rows = await store.db
          .selectFrom("applications")
          .select((row) => ["state", row.fn.countAll().as("count")])
          .groupBy("state")
          .execute();
        for (const state of applicationStates) gauge.set({ state }, 0);
        for (const { state, count } of rows) gauge.set({ state }, Number(count));
      } catch (err) {
        // A store that is away must not take the other figures with it.
        logger.warn({ err }, "applications could not be counted");
      }
    },
  });
}
