import { Counter, Gauge, Histogram, type Registry } from "prom-client";

import type { Outcome } from "./dispatch.ts";
import type { Jobs } from "./jobs.ts";
import { queueLength } from "./queue.ts";

/** What is counted of submissions. */
export interface SubmissionMetrics {
  /** `queued`: a limit is reached; `repeated`: a retry, or another request with its key, which is a problem besides. */
  readonly countSubmission: (outcome: Outcome | "queued" | "repeated") => void;
  /** Times a turn: the calls of Kubernetes, and the store's. */
  readonly timeDispatch: (outcome: Outcome, ms: number) => void;
}

export function submissionMetrics(registry: Registry, { store, logger }: Jobs): SubmissionMetrics {
  const registers = [registry];
  const submissions = new Counter({
    name: "spark_gateway_submissions_total",
    help: "Submissions by what became of them when they were answered",
    labelNames: ["outcome"],
    registers,
  });
  const dispatches = new Histogram({
    name: "spark_gateway_dispatch_seconds",
    help: "Time to create an application with its code in the cluster, by outcome",
    labelNames: ["outcome"],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const queue = new Gauge({
    name: "spark_gateway_queue_length",
    help: "Applications that wait for their turn or for the cluster, at all gateways",
    registers,
    collect: async () => {
      try {
        queue.set(await queueLength(store.db));
      } catch (err) {
        // A store that is away must not take the other figures with it.
        queue.reset();
        logger.warn({ err }, "the queue could not be counted");
      }
    },
  });
  return {
    countSubmission: (outcome) => {
      submissions.inc({ outcome });
    },
    timeDispatch: (outcome, ms) => {
      dispatches.observe({ outcome }, ms / 1000);
    },
  };
}
