import { Readable } from "node:stream";

import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { Gauge, type Registry } from "prom-client";
import { z } from "zod";

import { secondMs } from "../clock.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import { applicationPathSchema } from "../jobs/application-id.ts";
import { findApplication } from "../jobs/applications-store.ts";
import type { Jobs } from "../jobs/jobs.ts";
import type { Archive } from "./archive.ts";
import { followedLog } from "./followed.ts";
import { locateLog, type PodRole } from "./locate.ts";
import { parseId } from "./log-line.ts";
import { wholeLog } from "./whole.ts";

export interface LogRouteOptions {
  /** Undefined: logs go with their pods. */
  readonly archive: Archive | undefined;
  readonly registry: Registry;
  /**
   * How long a followed log is sent at a stretch; a token that was revoked reads on for no longer than that.
   * Default: 10 minutes.
   */
  readonly lifeMs?: number;
  /** Time without an event after which there is a sign of life. Default: 15 s. */
  readonly heartbeatMs?: number;
  /** What a reader has to take the rest of a stream that ends, before it is cut off. Default: 5 s. */
  readonly partingMs?: number;
}

const flag = z.enum(["true", "false"]).transform((text) => text === "true");

const querySchema = z.strictObject({
  pod: z
    .string()
    .regex(/^(?:driver|(?:executor-)?[1-9]\d{0,8})$/)
    .default("driver")
    .meta({ description: "driver, or an executor by its number: executor-1 or 1" }),
  follow: flag.optional().meta({ description: "whether to wait for more; by default, as Accept says" }),
  tailLines: z.coerce
    .number()
    .int()
    .min(1)
    .max(1_000_000)
    .optional()
    .meta({ description: "only the last lines, of 8 MiB at the most where the log is in the archive" }),
  timestamps: flag.default(false).meta({ description: "whether each line begins with its time" }),
});

const headersSchema = z.looseObject({
  accept: z.string().optional(),
  "last-event-id": z
    .string()
    .regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)\.\d{1,9}$/)
    .refine((text) => parseId(text) !== undefined, { params: { expected: "the id of an event of this log" } })
    .optional()
    .meta({ description: "the id of the last event that was seen, to go on after it" }),
});

/** Text to the reader, a stream here: that passes by the serializer. */
const textSchema: z.ZodType<string | Readable> = z.string();

const description = [
  "As text, or followed as server-sent events, by `follow=true` or `Accept: text/event-stream`.",
  "Each line is an event whose id goes into `Last-Event-ID` to go on after it. While the log is waited for,",
  "events `state` tell the application's state; an event `end` says that there is no more. A stream that ends without it",
  "is to be opened again. Of a line, 65,536 characters are sent at the most.",
].join(" ");

/** GET /applications/{id}/logs: the log of a driver or an executor, whole or followed, also once its pod is gone. */
export function logRoutes(app: FastifyInstance, jobs: Jobs, options: LogRouteOptions): void {
  const { archive, lifeMs = 600 * secondMs, heartbeatMs = 15 * secondMs, partingMs = 5 * secondMs } = options;
  const followers = new Gauge({
    name: "spark_gateway_followers",
    help: "Logs that are being followed",
    registers: [options.registry],
  });
  const stopping = new AbortController();
  app.addHook("preClose", (done) => {
    stopping.abort();
    done();
  });

  app.withTypeProvider<ZodTypeProvider>().route({
    method: "GET",
    url: "/applications/:id/logs",
    // Its answer would be the log's, and would have to be read for it.
    exposeHeadRoute: false,
    config: {
      access: {
        action: "logs:read",
        resource: ({ params }) => findApplication(jobs.store.db, applicationPathSchema.parse(params).id),
      },
    },
    schema: {
      tags: ["applications"],
      summary: "Read or follow a log",
      description,
      params: applicationPathSchema,
      querystring: querySchema,
      headers: headersSchema,
      response: {
        200: {
          description: "the log",
          content: {
            "text/plain": { schema: textSchema },
            "text/event-stream": { schema: textSchema },
          },
        },
        ...problemResponses,
      },
    },
    handler: async (request, reply) => {
      const { pod, tailLines, timestamps, follow } = request.query;
      const locate = (): ReturnType<typeof locateLog> =>
        locateLog(jobs, archive, request.params.id, roleOf(pod));
      const first = await locate();
      const gone = new AbortController();
      reply.raw.once("close", () => {
        gone.abort();
      });
      if (!(follow ?? request.headers.accept?.includes("text/event-stream") ?? false)) {
        const log = await wholeLog(first.place, { tailLines, timestamps }, gone.signal);
        return reply.type("text/plain; charset=utf-8").send(log);
      }
      if (first.place.kind === "none") throw new Problem("not-found", first.place.why);
      const ended = AbortSignal.any([stopping.signal, AbortSignal.timeout(lifeMs)]);
      const signal = AbortSignal.any([ended, gone.signal]);
      const after = parseId(request.headers["last-event-id"] ?? "");
      const onTrouble = (err: unknown): void => {
        request.log.warn({ err }, "following a log is tried again");
      };
      const events = Readable.from(
        followedLog({ first, locate, after, tailLines, timestamps, signal, heartbeatMs, onTrouble }),
      );
      // Who does not take what was sent cannot be told that it ends.
      const part = (): void => {
        const timer = setTimeout(() => reply.raw.destroy(), partingMs);
        gone.signal.addEventListener("abort", () => {
          clearTimeout(timer);
        });
      };
      if (ended.aborted) part();
      else ended.addEventListener("abort", part, { once: true });
      followers.inc();
      gone.signal.addEventListener("abort", () => {
        ended.removeEventListener("abort", part);
        followers.dec();
      });
      return reply.type("text/event-stream; charset=utf-8").header("x-accel-buffering", "no").send(events);
    },
  });
}

function roleOf(pod: string): PodRole {
  return pod === "driver" ? pod : Number(pod.replace("executor-", ""));
}
