import { mainApplicationFile, pythonPath } from "./code-mount.ts";
import type {
  Metadata,
  PodSpec,
  RestartPolicy,
  ScheduledSparkApplication,
  SparkApplication,
  SparkApplicationSpec,
} from "./crd.ts";
import { fullImageName } from "./images.ts";
import type { JobPlatform, MountedCode } from "./platform.ts";
import { podTemplate } from "./pod-template.ts";
import type { ResolvedJob } from "./resolved-job.ts";
import { sorted, sparkProperties } from "./spark-properties.ts";

/**
 * The resource of a job that runs once. Cannot fail for a job that resolveJob gave, if it was given the versions of
 * this platform's images, and `mountedCode` as there is `code` here; otherwise it throws, for the caller is wrong.
 */
export function sparkApplication(
  job: ResolvedJob,
  platform: JobPlatform,
  code?: MountedCode,
): SparkApplication {
  return {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "SparkApplication",
    metadata: metadata(job, platform),
    spec: applicationSpec(job, platform, code),
  };
}

/** The resource of a job with a schedule; fails as sparkApplication does, and for a job without a schedule. */
export function scheduledSparkApplication(
  job: ResolvedJob,
  platform: JobPlatform,
  code?: MountedCode,
): ScheduledSparkApplication {
  if (job.schedule === undefined) throw new Error(`job ${job.name} has no schedule`);
  const { cron, timeZone, concurrency, suspend, successfulRunHistoryLimit, failedRunHistoryLimit } =
    job.schedule;
  return {
    apiVersion: "sparkoperator.k8s.io/v1beta2",
    kind: "ScheduledSparkApplication",
    metadata: metadata(job, platform),
    spec: {
      schedule: cron,
      timeZone,
      concurrencyPolicy: concurrency,
      suspend,
      successfulRunHistoryLimit,
      failedRunHistoryLimit,
      template: applicationSpec(job, platform, code),
    },
  };
}

/** The operator copies these labels to the runs of a schedule, and to drivers and executors (submission.go). */
function metadata(job: ResolvedJob, platform: JobPlatform): Metadata {
  const labels = sorted({ ...job.labels, ...platform.labels });
  return {
    name: job.name,
    namespace: platform.namespace,
    // The API server drops an empty map, and Pulumi would see that as a change at every deploy.
    ...(Object.keys(labels).length > 0 && { labels }),
  };
}

function applicationSpec(
  job: ResolvedJob,
  platform: JobPlatform,
  code: MountedCode | undefined,
): SparkApplicationSpec {
  const { scaling } = job;
  return {
    ...program(job, code),
    // Set because an empty mode is what spark-submit would get while the operator's webhook is down.
    mode: "cluster",
    sparkVersion: job.sparkVersion,
    image: imageOf(job, platform),
    imagePullPolicy: "IfNotPresent",
    imagePullSecrets: platform.imagePullSecrets,
    arguments: job.arguments,
    deps: dependencies(job),
    sparkConf: sparkProperties(job, platform),
    driver: pod("driver", job, platform, code),
    executor: {
      ...pod("executor", job, platform, code),
      ...(scaling.kind === "fixed" && { instances: scaling.instances }),
      deleteOnTermination: true,
    },
    ...(scaling.kind === "dynamic" && {
      dynamicAllocation: {
        enabled: true,
        minExecutors: scaling.minExecutors,
        maxExecutors: scaling.maxExecutors,
        initialExecutors: scaling.initialExecutors,
        shuffleTrackingEnabled: true,
      },
    }),
    restartPolicy: restartPolicy(job.restart),
    ...(job.timeToLiveSeconds !== undefined && { timeToLiveSeconds: job.timeToLiveSeconds }),
  };
}

type ProgramFields = Pick<SparkApplicationSpec, "type" | "mainApplicationFile" | "mainClass">;

function program({ name, program }: ResolvedJob, code: MountedCode | undefined): ProgramFields {
  if ((program.kind === "mounted") !== (code !== undefined)) {
    throw new Error(`job ${name} was resolved ${code === undefined ? "for" : "without"} mounted code`);
  }
  if (code !== undefined) return { type: "Python", mainApplicationFile: mainApplicationFile(code) };
  switch (program.kind) {
    case "python":
      return { type: "Python", mainApplicationFile: program.mainFile };
    case "jar":
      // Scala and Java differ in nothing: the operator only looks for Python, to size memory.
      return { type: "Scala", mainApplicationFile: program.mainFile, mainClass: program.mainClass };
    case "mounted":
      throw new Error(`job ${name} has no program`);
  }
}

function imageOf(job: ResolvedJob, platform: JobPlatform): string {
  if (job.image !== undefined) return fullImageName(job.image, platform.registry);
  const image = platform.images[job.sparkVersion];
  if (image === undefined)
    throw new Error(`job ${job.name}: the platform has no image of Spark ${job.sparkVersion}`);
  return image;
}

/** Only lists that have entries: an empty one would show in every diff. */
function dependencies({
  dependencies: { jars, files, pyFiles, archives },
}: ResolvedJob): SparkApplicationSpec["deps"] {
  return {
    ...(jars.length > 0 && { jars }),
    ...(files.length > 0 && { files }),
    ...(pyFiles.length > 0 && { pyFiles }),
    ...(archives.length > 0 && { archives }),
  };
}

function pod(
  role: "driver" | "executor",
  job: ResolvedJob,
  platform: JobPlatform,
  code: MountedCode | undefined,
): PodSpec {
  const secretEnv = Object.entries({ ...job.secretEnv, ...platform.storage.secretEnv });
  return {
    ...job[role],
    // Executors have it too, without its token: on EKS it is by the service account that pods reach S3.
    serviceAccount: platform.serviceAccount,
    envVars: sorted({ ...job.env, ...platform.storage.env, ...(code !== undefined && pythonPath(code)) }),
    envSecretKeyRefs: sorted(
      Object.fromEntries(secretEnv.map(([name, { secret, key }]) => [name, { name: secret, key }])),
    ),
    template: podTemplate(role, code, platform.placement?.[role]),
  };
}

/**
 * The intervals are always there: without them the controller fails to compute the next try (operator 2.5.2
 * pkg/util/sparkapplication.go: TimeUntilNextRetryDue), and only the webhook would fill them in.
 */
function restartPolicy(restart: ResolvedJob["restart"]): RestartPolicy {
  if (restart.policy === "Never") return { type: "Never" };
  return {
    type: restart.policy,
    ...(restart.policy === "OnFailure" && {
      onFailureRetries: restart.retries,
      onSubmissionFailureRetries: restart.submissionRetries,
    }),
    onFailureRetryInterval: restart.retryIntervalSeconds,
    onSubmissionFailureRetryInterval: restart.submissionRetryIntervalSeconds,
  };
}
