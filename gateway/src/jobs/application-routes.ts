import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import { pageQuerySchema, pageSchema } from "../api/pages.ts";
import { isoTime } from "../api/times.ts";
import { authorize } from "../auth/authorize.ts";
import { mayUse, type Subject } from "../auth/subject.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import { applicationPathSchema } from "./application-id.ts";
import { applicationStates } from "./application.ts";
import {
  applicationDetailSchema,
  applicationSchema,
  applicationStateSchema,
  toApplicationDetail,
} from "./application-view.ts";
import { findApplication, statesOf } from "./applications-store.ts";
import type { Jobs } from "./jobs.ts";
import { listApplications } from "./list-applications.ts";
import { queuePosition } from "./queue.ts";

const stateList = applicationStates.join("|");

const statesSchema = z
  .union([
    z.string().regex(new RegExp(`^(?:${stateList})(?:,(?:${stateList}))*$`)),
    z.array(applicationStateSchema).max(applicationStates.length),
  ])
  .transform((given) =>
    typeof given === "string" ? applicationStates.filter((state) => given.split(",").includes(state)) : given,
  )
  .meta({
    description: "only those in one of these states, with commas between, or said several times",
    examples: ["QUEUED,RUNNING"],
  });

/** What a name can be made of; the store is asked for nothing else. */
const nameSchema = z
  .string()
  .max(320)
  .regex(/^[\x20-\x7e]+$/);

const querySchema = pageQuerySchema.extend({
  namespace: nameSchema.optional().meta({ description: "only those in this namespace" }),
  state: statesSchema.optional(),
  owner: nameSchema.optional().meta({
    description: "only those of this user; users see nothing but their own",
    examples: ["alice"],
  }),
  since: isoTime
    .transform((time) => Date.parse(time))
    .optional()
    .meta({ description: "only those submitted then or later", examples: ["2026-11-24T12:00:00.000Z"] }),
});

/** GET /applications and /applications/{id}: what was submitted, and what has become of it. */
export function applicationRoutes(app: FastifyInstance, { store, platform }: Jobs): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();

  routes.route({
    method: "GET",
    url: "/applications",
    config: { access: { action: "applications:list" } },
    schema: {
      tags: ["applications"],
      summary: "List applications: one's own, or all of them for admins",
      querystring: querySchema,
      response: { 200: pageSchema(applicationSchema), ...problemResponses },
    },
    handler: async ({ subject, query: { limit, cursor, state: states, namespace, owner, since } }) => {
      const own = subject?.name ?? "";
      const others = owner !== undefined && owner !== own;
      const seesAll = authorize(subject, "applications:list-all");
      const namespaces = wishedNamespaces(subject, namespace);
      if ((others && !seesAll) || namespaces?.length === 0) return { items: [] };
      const filter = { states, since, namespaces, owner: seesAll ? owner : own };
      return listApplications(store.db, filter, platform.pages?.url, limit, cursor);
    },
  });

  routes.route({
    method: "GET",
    url: "/applications/:id",
    config: {
      access: {
        action: "applications:read",
        resource: ({ params }) => findApplication(store.db, applicationPathSchema.parse(params).id),
      },
    },
    schema: {
      tags: ["applications"],
      summary: "Read an application, with the states that it was in",
      params: applicationPathSchema,
      response: { 200: applicationDetailSchema, ...problemResponses },
    },
    handler: async ({ params: { id } }) => {
      const row = await findApplication(store.db, id);
      if (row === undefined) throw new Problem("not-found", "it was deleted just now");
      const [states, place] = await Promise.all([statesOf(store.db, id), queuePosition(store.db, row)]);
      return toApplicationDetail(row, platform.pages?.url, states, place);
    },
  });
}

/** Of the namespaces that a subject may use, the one that is wished, or all of them; undefined: all there are. */
function wishedNamespaces(
  subject: Subject | undefined,
  wished: string | undefined,
): readonly string[] | undefined {
  if (subject === undefined) return [];
  if (wished !== undefined) return mayUse(subject, wished) ? [wished] : [];
  return subject.namespaces === "all" ? undefined : subject.namespaces;
}
