import * as pulumi from "@pulumi/pulumi";

import { platformFolder } from "./components/registry/registry.ts";
import type { AwsTargetArgs } from "./components/target/aws-target.ts";
import type { KubeconfigTargetArgs } from "./components/target/kubeconfig-target.ts";
import { awsConfig } from "./config/aws.ts";
import { kubeconfigConfig } from "./config/kubeconfig.ts";
import { registryHost } from "./config/registry.ts";
import { knowsPodIdentity, rows, type SparkVersion } from "./images/versions.ts";
import { formatViolations, type JobDefaults, type Violation } from "./jobs/manifest/index.ts";
import { checkStack } from "./stacks/check.ts";
import type { DeclaredJob } from "./stacks/jobs.ts";
import { stackKeys, type StackSettings } from "./stacks/schema.ts";

/** All that a stack decides, checked: what is here can be built. */
export interface PlatformConfig {
  /** Where the platform goes, and what it stands on there. */
  readonly target: KubeconfigTargetArgs | AwsTargetArgs;
  /** Registry and folder of the platform's images. */
  readonly imageRegistry: string;
  /** Spark versions that jobs may ask for. */
  readonly sparkVersions: readonly SparkVersion[];
  readonly namespaces: StackSettings["namespaces"];
  readonly operator: StackSettings["operator"];
  readonly jobDefaults: JobDefaults;
  readonly jobs: readonly DeclaredJob[];
}

/** In AWS pods have no keys but an identity, which a Spark version must know how to use. */
const sparkVersions: Readonly<Record<StackSettings["target"], readonly SparkVersion[]>> = {
  kubeconfig: rows.map((row) => row.spark),
  aws: rows.filter(knowsPodIdentity).map((row) => row.spark),
};

/**
 * Reads and checks the stack's configuration, before any resource is registered. Nothing else reads it.
 * @throws pulumi.RunError that lists every problem: the key, what is wrong, and what would be right.
 */
export function loadConfig(): PlatformConfig {
  const checked = checkStack(readStack(), sparkVersions);
  if (!checked.ok) throw configError(checked.violations);
  const { settings, jobDefaults, jobs, objects } = checked.value;
  return {
    target: settings.target === "aws" ? awsConfig(settings, objects) : kubeconfigConfig(settings, objects),
    imageRegistry: settings.images.registry ?? `${registryHost(settings.registry)}/${platformFolder}`,
    sparkVersions: sparkVersions[settings.target],
    namespaces: settings.namespaces,
    operator: settings.operator,
    jobDefaults,
    jobs,
  };
}

/**
 * The stack's own keys, without the project's name. They are read raw, since pulumi.Config tells neither unknown keys
 * nor more than one problem; secrets among them become secrets again in `config/`.
 */
function readStack(): Record<string, unknown> {
  const prefix = `${pulumi.getProject()}:`;
  const own = Object.entries(pulumi.runtime.allConfig())
    .filter(([key]) => key.startsWith(prefix))
    .map(([key, value]) => [key.slice(prefix.length), parseValue(value)] as const);
  // Pulumi.yaml has an empty one for each that a stack leaves out, since it cannot know the defaults of each target.
  return Object.fromEntries(own.filter(([key, value]) => !(stackKeys.has(key) && isEmpty(value))));
}

function isEmpty(value: unknown): boolean {
  return typeof value === "object" && value !== null && Object.keys(value).length === 0;
}

/** Objects and lists arrive as JSON; all keys but `target` are such. */
function parseValue(value: string): unknown {
  if (!/^\s*[[{]/.test(value)) return value;
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

/** RunError: the engine shows its message alone, without a stack trace. */
function configError(violations: readonly Violation[]): pulumi.RunError {
  const located = violations.map((violation) => ({
    ...violation,
    path: `${pulumi.getProject()}:${violation.path}`,
  }));
  return new pulumi.RunError(
    `the configuration of stack ${pulumi.getStack()} is not right, ${formatViolations(located)}`,
  );
}
