import type { FastifyInstance } from "fastify";
import type { ZodTypeProvider } from "fastify-type-provider-zod";
import { z } from "zod";

import type { Subject } from "../auth/subject.ts";
import { problemResponses } from "../errors/problem-schema.ts";
import { Problem } from "../errors/problem.ts";
import type { Platform } from "../platform.ts";
import { defaultJob } from "./default-job.ts";
import { submissionSchema } from "./submission.ts";
import { usablePlatform } from "./usable-platform.ts";

const clusterSchema = z
  .object({
    name: z.string(),
    namespaces: z.array(z.string()).meta({ description: "where the caller's jobs may run" }),
    sparkVersions: z.array(z.string()),
  })
  .meta({ id: "Cluster", description: "a cluster that jobs can be submitted to" });

const json = z.record(z.string(), z.unknown());

const manifestSchema = z
  .object({
    cluster: clusterSchema,
    job: json.meta({
      description: "what a job has where its user says nothing; a name and a program are missing",
    }),
    schema: json.meta({ description: "JSON Schema of a submission" }),
  })
  .meta({ id: "DefaultManifest", description: "what a submission to a cluster may say, and need not" });

const pathSchema = z.strictObject({
  cluster: z.string().max(63).meta({ description: "a cluster's name" }),
});

/** GET /clusters and /clusters/{cluster}/manifest: where jobs run, and what may be said of them. */
export function clusterRoutes(app: FastifyInstance, platform: Platform): void {
  const routes = app.withTypeProvider<ZodTypeProvider>();
  const clusterFor = (subject: Subject | undefined): z.output<typeof clusterSchema> => ({
    name: platform.cluster,
    namespaces: Object.keys(usablePlatform(platform, subject).namespaces),
    sparkVersions: [...platform.versions],
  });
  const job = json.parse(defaultJob(platform.jobDefaults));
  const schema = json.parse(z.toJSONSchema(submissionSchema, { io: "input" }));

  routes.route({
    method: "GET",
    url: "/clusters",
    config: { access: { action: "clusters:list" } },
    schema: {
      tags: ["clusters"],
      summary: "List the clusters",
      response: { 200: z.object({ items: z.array(clusterSchema) }), ...problemResponses },
    },
    handler: ({ subject }) => ({ items: [clusterFor(subject)] }),
  });

  routes.route({
    method: "GET",
    url: "/clusters/:cluster/manifest",
    config: { access: { action: "manifests:read" } },
    schema: {
      tags: ["clusters"],
      summary: "Read what a job has by default, and the JSON Schema of what may be said of it",
      params: pathSchema,
      response: { 200: manifestSchema, ...problemResponses },
    },
    handler: ({ params, subject }) => {
      if (params.cluster !== platform.cluster)
        throw new Problem("not-found", "there is no cluster of this name");
      return { cluster: clusterFor(subject), job, schema };
    },
  });
}
