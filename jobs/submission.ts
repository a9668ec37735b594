import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import {
  formatViolations,
  type CodeBundle,
  type JobPlatform,
  type MountedCode,
  type ResolvedJob,
  type ScheduledSparkApplication,
  type SparkApplication,
} from "./manifest/index.ts";
import { prepareJob, type JobRequest } from "./prepare.ts";
import type { JobRuntime } from "./job-runtime.ts";

type Emit = (
  job: ResolvedJob,
  platform: JobPlatform,
  code?: MountedCode,
) => SparkApplication | ScheduledSparkApplication;

/** Checks the job, then creates its code's ConfigMap and its resource of the given kind. Returns its name. */
export function submit(
  kind: (SparkApplication | ScheduledSparkApplication)["kind"],
  name: string,
  args: JobRequest & { readonly runtime: JobRuntime },
  emit: Emit,
  parent: pulumi.ComponentResource,
): pulumi.Output<string> {
  const { runtime } = args;
  const prepared = prepareJob(runtime.defaults, runtime.versions, args.spec, args.code);
  if (!prepared.ok) {
    throw new pulumi.ResourceError(
      `job ${name} is not right:\n${formatViolations(prepared.violations)}`,
      parent,
    );
  }
  const { job, code } = prepared.value;
  const opts = { parent, dependsOn: [...runtime.ready] };
  const mounted = code === undefined ? undefined : codeConfigMap(name, job.name, runtime, code, opts);
  const manifest = pulumi
    .all([runtime.platform, mounted])
    .apply(([platform, mountedCode]) => emit(job, platform, mountedCode));
  const resource = new k8s.apiextensions.CustomResource(
    `${name}-application`,
    {
      apiVersion: "sparkoperator.k8s.io/v1beta2",
      kind,
      metadata: manifest.metadata,
      spec: manifest.spec,
    },
    opts,
  );
  return resource.metadata.name;
}

/** The code as an immutable ConfigMap, named by its content: what a running job has mounted never changes. */
function codeConfigMap(
  name: string,
  jobName: string,
  runtime: JobRuntime,
  code: CodeBundle,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<MountedCode> {
  const configMap = new k8s.core.v1.ConfigMap(
    `${name}-code`,
    {
      metadata: {
        name: `${jobName}-code-${code.sha256.slice(0, 8)}`,
        namespace: runtime.platform.apply((platform) => platform.namespace),
      },
      immutable: true,
      // The API server drops an empty map, and Pulumi would see that as a change at every deploy.
      ...(Object.keys(code.data).length > 0 && { data: code.data }),
      ...(Object.keys(code.binaryData).length > 0 && { binaryData: code.binaryData }),
    },
    opts,
  );
  return configMap.metadata.name.apply((configMapName) => ({
    configMap: configMapName,
    mainFile: code.mainFile,
    pyFiles: code.pyFiles,
  }));
}
