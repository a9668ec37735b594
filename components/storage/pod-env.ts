import type * as k8s from "@pulumi/kubernetes";

import type { S3Access } from "./object-store.ts";

/** The variables by which a container is somebody to the store. */
export function s3Env({ env, keys }: Pick<S3Access, "env" | "keys">): k8s.types.input.core.v1.EnvVar[] {
  return [
    ...Object.entries(env).map(([name, value]) => ({ name, value })),
    ...Object.entries(keys?.secretEnv ?? {}).map(([name, { secret, key }]) => ({
      name,
      valueFrom: { secretKeyRef: { name: secret, key } },
    })),
  ];
}
