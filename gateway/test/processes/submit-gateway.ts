/** A gateway with the routes that submit, on the store LOCATION (JSON) and the API server KUBERNETES (URL). */
import { pino } from "pino";
import { Registry } from "prom-client";
import { z } from "zod";

import { buildApp } from "../../src/app.ts";
import { startDispatcher } from "../../src/jobs/dispatcher.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import { submitRoutes } from "../../src/jobs/submit-routes.ts";
import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import { openStore } from "../../src/store/store.ts";
import { parseJson } from "../../../local/kube/json.ts";
import { kubeConfigOf } from "../support/fake-cluster.ts";
import { samplePlatform } from "../support/job-samples.ts";

const { LOCATION, KUBERNETES } = z
  .object({ LOCATION: z.string(), KUBERNETES: z.string() })
  .parse(process.env);
const location = z
  .union([
    z.object({ kind: z.literal("sqlite"), file: z.string() }),
    z.object({ kind: z.literal("postgres"), url: z.string() }),
  ])
  .parse(parseJson(LOCATION));

const logger = pino({ level: "warn" });
const store = await openStore(location, () => undefined);
const jobs = {
  store,
  cluster: new KubernetesCluster(kubeConfigOf(KUBERNETES)),
  platform: samplePlatform({ limits: { perUserPerMinute: 1000, perMinute: 1000 } }),
  now: Date.now,
  logger,
};
const metrics = submissionMetrics(new Registry(), jobs);
const dispatcher = startDispatcher(jobs, metrics);
const app = await buildApp({
  tokens: { store, now: Date.now, graceMs: 60_000 },
  serviceAccounts: undefined,
  platform: undefined,
  metrics: createMetrics(),
  logger,
  trustedProxies: [],
  routes: (v1) => {
    const options = { jobs, dispatcher, metrics, uploads: undefined };
    submitRoutes(v1, { ...options, beforeRemoval: () => Promise.resolve() });
  },
});
const api = await app.listen({ host: "127.0.0.1", port: 0 });
console.log(JSON.stringify({ api, metrics: api }));
