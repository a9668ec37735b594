import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import type { S3Access } from "../storage/object-store.ts";
import { s3Env } from "../storage/pod-env.ts";
import { cacheFolder, cacheVolumeGiB, podMemoryMiB, port, type HistorySizing } from "./history-conf.ts";

/** uid and gid of spark in its image. */
const userId = 185;
const confFolder = "/etc/spark-history";
export const confFile = "history.conf";

/**
 * Whether it answers, and refuses who has no signature. A probe by HTTP would count the refusal as a failure, and one
 * with the signature would show it in the pod's own description.
 */
const probe = {
  exec: {
    command: [
      "bash",
      "-c",
      `exec 3<>/dev/tcp/127.0.0.1/${port} && printf 'GET / HTTP/1.0\\r\\n\\r\\n' >&3 && read -r -t 5 line <&3 && [[ $line == *" 403 "* ]]`,
    ],
  },
  timeoutSeconds: 6,
};

export interface HistoryPodArgs {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount: pulumi.Input<string>;
  readonly sizing: HistorySizing;
  /** Secret with the properties file. */
  readonly confName: pulumi.Input<string>;
  /** Who it is to the store. */
  readonly access: Pick<S3Access, "env" | "keys">;
}

/** One History Server; what it keeps on disk can be read again from the bucket. */
export function historyPod(args: HistoryPodArgs): k8s.types.input.core.v1.PodSpec {
  const memory = `${podMemoryMiB(args.sizing)}Mi`;
  return {
    serviceAccountName: args.serviceAccount,
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    ...(args.imagePullSecrets.length > 0 && {
      imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })),
    }),
    containers: [
      {
        name: "history",
        image: args.image,
        command: ["/opt/spark/bin/spark-class"],
        args: [
          "org.apache.spark.deploy.history.HistoryServer",
          "--properties-file",
          `${confFolder}/${confFile}`,
        ],
        env: [
          { name: "SPARK_DAEMON_MEMORY", value: args.sizing.memory },
          // A server without memory answers nobody: better a new one.
          { name: "SPARK_HISTORY_OPTS", value: "-XX:+ExitOnOutOfMemoryError" },
          ...s3Env(args.access),
        ],
        ports: [{ name: "http", containerPort: port }],
        startupProbe: { ...probe, periodSeconds: 2, failureThreshold: 90 },
        readinessProbe: { ...probe, periodSeconds: 10 },
        livenessProbe: { ...probe, periodSeconds: 20, failureThreshold: 6 },
        resources: { requests: { cpu: "100m", memory }, limits: { memory } },
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "conf", mountPath: confFolder, readOnly: true },
          { name: "cache", mountPath: cacheFolder },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "conf", secret: { secretName: args.confName, defaultMode: 0o440 } },
      { name: "cache", emptyDir: { sizeLimit: `${cacheVolumeGiB}Gi` } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
