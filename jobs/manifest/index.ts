/** Jobs as the platform's users write them, and what becomes of them. Pure: no cluster, no files, no clock. */
export { check } from "./check.ts";
export { codeBundle, maxCodeBytes } from "./code.ts";
export type { CodeBundle, SourceFile } from "./code.ts";
export type { CodePlaces } from "./code-rules.ts";
export type { ScheduledSparkApplication, SparkApplication } from "./crd.ts";
export { jobSchema } from "./job.ts";
export type { JobSpec } from "./job.ts";
export { standardDefaults } from "./platform.ts";
export type {
  JobDefaults,
  JobPlacement,
  JobPlatform,
  MountedCode,
  PodDefaults,
  PodPlacement,
  SecretKey,
  SparkVersion,
} from "./platform.ts";
export { resolveJob } from "./resolve.ts";
export type { Program, ResolvedJob, Scaling } from "./resolved-job.ts";
export { scheduledSparkApplication, sparkApplication } from "./spark-application.ts";
export { allowedGroups } from "./spark-conf-allowed.ts";
export { below, formatViolations, joinPath } from "./violations.ts";
export type { Result, Violation } from "./violations.ts";
