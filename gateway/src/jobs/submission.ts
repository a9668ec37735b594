import { z } from "zod";

import {
  below,
  check,
  jobSchema,
  resolveJob,
  sparkApplication,
  type CodeBundle,
  type JobDefaults,
  type JobPlatform,
  type ResolvedJob,
  type Result,
  type Violation,
} from "../../../jobs/manifest/index.ts";
import { isRecord } from "../../../jobs/manifest/record.ts";
import { describeValue, listed } from "../../../jobs/manifest/text.ts";
import type { NewApplication } from "../kubernetes/cluster.ts";
import type { Platform } from "../platform.ts";
import { applicationId } from "./application-id.ts";
import { annotations, gatewayLabel } from "./application.ts";
import { jsonSha256 } from "./digest.ts";
import {
  readSubmittedCode,
  submittedCodeSchema,
  type SubmittedCode,
  type UploadedCode,
} from "./submission-code.ts";
import type { Upload } from "./upload.ts";

/**
 * The shortest time that an application stays in the cluster after its end: its name there is what keeps a retry from
 * running it again where the database is lost.
 */
const minTimeToLiveSeconds = 600;

/** The most that a request may have, in bytes: base64 and JSON make more of the 900 KiB that code may have. */
export const submissionBytes = 4 * 1024 * 1024;

/**
 * The most that a SparkApplication may have, in bytes of JSON. etcd takes 1.5 MiB of an object, the operator's status
 * included; the operator passes the whole of it to spark-submit as arguments, which Linux limits to 2 MiB.
 */
export const manifestBytes = 256 * 1024;

const timeToLiveSchema = z
  .int()
  .min(minTimeToLiveSeconds)
  .max(365 * 86_400)
  .meta({
    description: `seconds after its end when the job is deleted from the cluster, at least ${minTimeToLiveSeconds}; default: the platform's`,
    examples: [86_400],
  });

/** All that a user may say of a job: what a stack's jobs may say (jobs/manifest), but for schedules. */
const submittedJobSchema = jobSchema
  .omit({ schedule: true })
  .extend({ timeToLiveSeconds: timeToLiveSchema.optional() })
  .meta(jobSchema.meta() ?? {});

const namespaceSchema = z
  .string()
  .meta({ description: "the namespace to run in, one of the platform's", examples: ["analytics"] });

export const submissionSchema = z
  .strictObject({
    namespace: namespaceSchema,
    job: submittedJobSchema,
    code: submittedCodeSchema.optional(),
  })
  .meta({ description: "a job to run once: where, what, and the code that comes with it" });

/** The namespace that a submission of unknown shape names; undefined: none. */
export function namespaceOf({ body }: { readonly body: unknown }): string | undefined {
  const namespace = isRecord(body) ? body["namespace"] : undefined;
  return typeof namespace === "string" ? namespace : undefined;
}

/** Nothing but the request's own keys, whose values are looked at one by one. */
const envelopeSchema = z
  .strictObject({
    namespace: z.unknown().optional(),
    job: z.unknown().optional(),
    code: z.unknown().optional(),
  })
  .meta({ description: "an object with namespace and job" });

export interface SubmissionRequest {
  /** Of unknown shape. */
  readonly body: unknown;
  /** The subject's name. */
  readonly owner: string;
  /** One that the client sent, or that was made for it. */
  readonly idempotencyKey: string;
  readonly platform: Platform;
}

/** A submission that is right in every part. */
export interface PreparedSubmission {
  /** The resource's name. */
  readonly id: string;
  readonly namespace: string;
  /** The job's name as the user gave it. */
  readonly name: string;
  readonly owner: string;
  /** The job as the user sent it. */
  readonly job: Readonly<Record<string, unknown>>;
  readonly manifest: NewApplication;
  /** What the ConfigMap of the application's own name holds. Undefined: there is none. */
  readonly code: Pick<CodeBundle, "data" | "binaryData"> | undefined;
  /** What must be in the store before it is submitted. */
  readonly uploads: readonly Upload[];
  readonly requestSha256: string;
  readonly sparkVersion: string;
}

/**
 * What becomes of a request, or everything that is wrong with it, with paths as in the request. Pure: whether its uploads
 * are there, and whether the cluster takes it, shows when it is submitted.
 */
export function prepareSubmission(request: SubmissionRequest): Result<PreparedSubmission> {
  const { body, platform } = request;
  const envelope = check(envelopeSchema, body);
  if (!isRecord(body)) return refused([envelope]);
  const namespace = findNamespace(platform, body["namespace"]);
  const job = readJob(body["job"], platform.jobDefaults, platform.versions, body["code"] !== undefined);
  const code = readCode(body["code"], platform);
  if (!envelope.ok || !namespace.ok || !job.ok || !code.ok) return refused([envelope, namespace, job, code]);
  const value = prepared(request, namespace.value, job.value, code.value);
  const tooLarge = sizeViolation(value.manifest);
  return tooLarge === undefined ? { ok: true, value } : { ok: false, violations: [tooLarge] };
}

function sizeViolation(manifest: NewApplication): Violation | undefined {
  const bytes = Buffer.byteLength(JSON.stringify(manifest));
  if (bytes <= manifestBytes) return undefined;
  return {
    path: "job",
    problem: `makes a SparkApplication of ${bytes} bytes`,
    expected: `at most ${manifestBytes} bytes, in which env counts twice, for driver and executors; keep long values in a file or a secret`,
  };
}

function refused(parts: readonly Result<unknown>[]): Result<never> {
  return { ok: false, violations: parts.flatMap((part) => (part.ok ? [] : part.violations)) };
}

function readCode(given: unknown, { storage }: Platform): Result<SubmittedCode | undefined> {
  return given === undefined ? { ok: true, value: undefined } : readSubmittedCode(given, storage);
}

/** The job as the user sent it, and what it is with the platform's defaults. */
interface SubmittedJob {
  readonly sent: Readonly<Record<string, unknown>>;
  readonly resolved: ResolvedJob;
}

function findNamespace({ namespaces }: Platform, given: unknown): Result<JobPlatform> {
  const name = check(namespaceSchema, given, "namespace");
  if (!name.ok) return name;
  const found = Object.hasOwn(namespaces, name.value) ? namespaces[name.value] : undefined;
  if (found !== undefined) return { ok: true, value: found };
  const expected = `one of ${listed(Object.keys(namespaces))}`;
  const problem = `${describeValue(given)} is not a namespace of this platform's jobs`;
  return { ok: false, violations: [{ path: "namespace", problem, expected }] };
}

/** A job of jobs/manifest that runs once, and stays for long enough. */
function readJob(
  given: unknown,
  defaults: JobDefaults,
  versions: readonly string[],
  mountedCode: boolean,
): Result<SubmittedJob> {
  const { schedule, timeToLiveSeconds, ...rest } = isRecord(given) ? given : {};
  const stays = check(timeToLiveSchema.optional(), timeToLiveSeconds, "job.timeToLiveSeconds");
  const resolved = resolveJob(withTimeToLive(defaults), versions, isRecord(given) ? rest : given, {
    mountedCode,
  });
  const violations = [
    ...(schedule === undefined ? [] : [hasSchedule]),
    ...(stays.ok ? [] : stays.violations),
    ...(resolved.ok ? [] : below("job", resolved.violations)),
  ];
  if (!isRecord(given) || !resolved.ok || !stays.ok || violations.length > 0)
    return { ok: false, violations };
  const timeToLive = stays.value === undefined ? {} : { timeToLiveSeconds: stays.value };
  return { ok: true, value: { sent: given, resolved: { ...resolved.value, ...timeToLive } } };
}

const hasSchedule: Violation = {
  path: "job.schedule",
  problem: "is set, and what is submitted here runs once",
  expected:
    "a job in the stack's file, which may have a schedule, or a submission each time by a scheduler of yours",
};

/** The platform's, of which a shorter one would do for a stack alone. */
export function withTimeToLive(defaults: JobDefaults): JobDefaults {
  const { timeToLiveSeconds } = defaults;
  if (timeToLiveSeconds === undefined) return defaults;
  return { ...defaults, timeToLiveSeconds: Math.max(timeToLiveSeconds, minTimeToLiveSeconds) };
}

function prepared(
  { body, owner, idempotencyKey }: SubmissionRequest,
  platform: JobPlatform,
  { sent, resolved }: SubmittedJob,
  code: SubmittedCode | undefined,
): PreparedSubmission {
  const id = applicationId(owner, idempotencyKey);
  const requestSha256 = jsonSha256(body);
  const bundle = code?.kind === "bundle" ? code.bundle : undefined;
  const made = sparkApplication(
    { ...(code?.kind === "uploaded" ? withUploads(resolved, code) : resolved), name: id },
    platform,
    bundle && { configMap: id, mainFile: bundle.mainFile, pyFiles: bundle.pyFiles },
  );
  return {
    id,
    namespace: platform.namespace,
    name: resolved.name,
    owner,
    job: sent,
    manifest: {
      ...made,
      metadata: {
        ...made.metadata,
        labels: { ...made.metadata.labels, [gatewayLabel.key]: gatewayLabel.value },
        annotations: {
          [annotations.owner]: owner,
          [annotations.name]: resolved.name,
          [annotations.requestSha256]: requestSha256,
        },
      },
    },
    code: bundle && { data: bundle.data, binaryData: bundle.binaryData },
    uploads: code?.kind === "uploaded" ? code.uploads : [],
    requestSha256,
    sparkVersion: resolved.sparkVersion,
  };
}

function withUploads(job: ResolvedJob, { mainFile, pyFiles }: UploadedCode): ResolvedJob {
  const dependencies = { ...job.dependencies, pyFiles: [...pyFiles, ...job.dependencies.pyFiles] };
  return { ...job, program: { kind: "python", mainFile }, dependencies };
}
