import { randomUUID } from "node:crypto";

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import type { Violation } from "../../../jobs/manifest/index.ts";
import { allButBody, invalidInput } from "../api/validation.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import type { Platform } from "../platform.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { applicationPathSchema } from "./application-id.ts";
import { applicationDetailSchema, toApplication } from "./application-view.ts";
import { isFinal } from "./application.ts";
import { findApplication } from "./applications-store.ts";
import { cancel, deleteEnded, type BeforeRemoval } from "./cancel.ts";
import { queuePosition } from "./queue.ts";
import { findKnown, submit, type Submitting } from "./submit.ts";
import {
  namespaceOf,
  prepareSubmission,
  submissionBytes,
  submissionSchema,
  type PreparedSubmission,
} from "./submission.ts";
import type { Uploads } from "./uploads.ts";
import { usablePlatform } from "./usable-platform.ts";

export interface SubmitRouteOptions extends Submitting {
  /** What there is of uploads. Undefined: there is no store, and no submission that would name any is right. */
  readonly uploads: Pick<Uploads, "has"> | undefined;
  readonly beforeRemoval: BeforeRemoval;
}

/** The other headers are none of the schema's business. */
const headersSchema = z.looseObject({
  "idempotency-key": z
    .string()
    .regex(/^[\x20-\x7e]{1,200}$/)
    .optional()
    .meta({
      description:
        "1 to 200 printable characters of ASCII, new with each job; the same request with the same key is the same application, however often it is sent; default: a random one, which is answered",
      examples: ["nightly-2026-11-24"],
    }),
});

/** What who has just changed an application needs of it; all of it is at its `Location`. */
const submittedSchema = applicationDetailSchema
  .omit({ states: true, job: true })
  .meta({ id: "SubmittedApplication", description: "a job that was submitted, with its place in the queue" });

/** Jobs are submitted, cancelled and deleted. */
export function submitRoutes(v1: FastifyInstance, options: SubmitRouteOptions): void {
  const { jobs } = options;
  const { db } = jobs.store;
  const routes = v1.withTypeProvider<ZodTypeProvider>();
  const resource = ({ params }: { readonly params: unknown }): ReturnType<typeof findApplication> =>
    findApplication(db, applicationPathSchema.parse(params).id);

  const answer = async (row: ApplicationRow): Promise<z.output<typeof submittedSchema>> => ({
    ...toApplication(row, jobs.platform.pages?.url),
    queuePosition: (isWaiting(row) ? await queuePosition(db, row) : undefined) ?? null,
  });

  routes.route({
    method: "POST",
    url: "/applications",
    bodyLimit: submissionBytes,
    config: { access: { action: "applications:submit", namespace: namespaceOf } },
    schema: {
      tags: ["applications"],
      summary: "Submit a job, which runs once",
      description:
        "201: it had its turn; its state says whether the cluster took it, or refused it (FAILED, with the reason). " +
        "202: it is QUEUED, behind a limit or since the cluster does not answer, and is submitted by itself. " +
        "200: it was submitted before with this key. Location is the application's path, and Idempotency-Key the key.",
      headers: headersSchema,
      body: submissionSchema,
      response: { 200: submittedSchema, 201: submittedSchema, 202: submittedSchema, ...problemResponses },
    },
    validatorCompiler: allButBody,
    handler: async (request, reply) => {
      const key = request.headers["idempotency-key"] ?? randomUUID();
      const platform = usablePlatform(jobs.platform, request.subject);
      const prepared = prepare(platform, request.body, request.subject?.name ?? "", key);
      await demandUploads(options, prepared);
      const { row, repeated } = await submit(options, prepared, key);
      reply.headers({ location: `/v1/applications/${row.id}`, "idempotency-key": key });
      return reply.code(repeated ? 200 : isWaiting(row) ? 202 : 201).send(await answer(row));
    },
  });

  routes.route({
    method: "POST",
    url: "/applications/:id([^:]+)::cancel",
    config: { access: { action: "applications:cancel", resource } },
    schema: {
      tags: ["applications"],
      summary: "Cancel an application",
      description:
        "202: it is CANCELLING, and CANCELLED once it is gone from the cluster. " +
        "200: it has ended; where it ended by itself before, its state says how. To do this again changes nothing.",
      params: applicationPathSchema,
      response: { 200: submittedSchema, 202: submittedSchema, ...problemResponses },
    },
    handler: async ({ params, subject }, reply) => {
      const row = await cancel(jobs, options.beforeRemoval, params.id, subject?.name ?? "");
      return reply.code(isFinal(row.state) ? 200 : 202).send(await answer(row));
    },
  });

  routes.route({
    method: "DELETE",
    url: "/applications/:id",
    config: { access: { action: "applications:delete", resource } },
    schema: {
      tags: ["applications"],
      summary: "Delete an application that has ended",
      description:
        "Also from the cluster, at once, and from the archive of logs, within minutes. Nobody sees it any more; its key " +
        "stays used. Answers what it was at the end.",
      params: applicationPathSchema,
      response: { 200: submittedSchema, ...problemResponses },
    },
    handler: async ({ params }) => answer(await deleteEnded(jobs, params.id)),
  });
}

/** Not to be asked of the store of every row: most do not. */
function isWaiting({ created_at, state }: ApplicationRow): boolean {
  return created_at === null && !isFinal(state);
}

/** @throws Problem with all that is wrong. */
function prepare(
  platform: Platform,
  body: unknown,
  owner: string,
  idempotencyKey: string,
): PreparedSubmission {
  const prepared = prepareSubmission({ body, owner, idempotencyKey, platform });
  if (prepared.ok) return prepared.value;
  throw invalidInput(prepared.violations);
}

/** A retry needs nothing any more. @throws Problem where code is not there that the job names. */
async function demandUploads(
  { jobs, uploads }: SubmitRouteOptions,
  prepared: PreparedSubmission,
): Promise<void> {
  if (prepared.uploads.length === 0) return;
  if ((await findKnown(jobs.store.db, prepared)) !== undefined) return;
  const missing: Violation[] = [];
  for (const upload of prepared.uploads) {
    if (await uploads?.has(upload)) continue;
    const path = `code.upload.${upload.kind === "py" ? "main" : "modules"}`;
    missing.push({
      path,
      problem: "is not there",
      expected: `an upload before (POST /v1/uploads, kind ${upload.kind})`,
    });
  }
  if (missing.length > 0) throw invalidInput(missing);
}
