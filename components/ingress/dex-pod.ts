import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { configFile, configFolder, ports, tlsFolder } from "./dex-config.ts";

/** https://github.com/dexidp/dex; groups of static users came with 2.45. */
const image = "ghcr.io/dexidp/dex:v2.45.1";
/** uid and gid of dex in its image. */
const userId = 1001;

export interface DexPodArgs {
  readonly configName: pulumi.Input<string>;
  readonly tlsName: pulumi.Input<string>;
  readonly behindIngress: boolean;
}

/** One Dex that keeps all in memory. */
export function dexPod(args: DexPodArgs): k8s.types.input.core.v1.PodSpec {
  const health = { httpGet: { path: "/healthz", port: "https", scheme: "HTTPS" } };
  const names = args.behindIngress ? (["https", "http"] as const) : (["https"] as const);
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "dex",
        image,
        command: ["dex", "serve", `${configFolder}/${configFile}`],
        ports: names.map((name) => ({ name, containerPort: ports[name] })),
        readinessProbe: { ...health, periodSeconds: 2 },
        livenessProbe: { ...health, periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: "20m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "config", mountPath: configFolder, readOnly: true },
          { name: "tls", mountPath: tlsFolder, readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "config", secret: { secretName: args.configName, defaultMode: 0o440 } },
      { name: "tls", secret: { secretName: args.tlsName, defaultMode: 0o440 } },
    ],
  };
}
