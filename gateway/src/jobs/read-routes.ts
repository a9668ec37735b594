import type { FastifyInstance } from "fastify";

import { applicationRoutes } from "./application-routes.ts";
import { clusterRoutes } from "./cluster-routes.ts";
import type { Jobs } from "./jobs.ts";
import { validateRoute } from "./validate-route.ts";

/** All that changes nothing: clusters and their manifests, checking a submission, applications and their states. */
export function readRoutes(app: FastifyInstance, jobs: Jobs): void {
  clusterRoutes(app, jobs.platform);
  validateRoute(app, jobs.platform);
  applicationRoutes(app, jobs);
}
