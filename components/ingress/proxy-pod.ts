import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { folders, ports } from "./proxy-config.ts";

/** https://github.com/oauth2-proxy/oauth2-proxy. Versions before 7.15.2 can be walked around. */
const image = "quay.io/oauth2-proxy/oauth2-proxy:v7.15.3";
const userId = 65532;
/** Where it tells everybody that it lives. */
export const pingPath = "/ping";

export interface ProxyPodArgs {
  readonly configName: pulumi.Input<string>;
  readonly secretName: pulumi.Input<string>;
  /** Secret with the certificate. Undefined: an Ingress has it, and ends TLS. */
  readonly tlsName: pulumi.Input<string> | undefined;
  /** Seconds until nobody sends visitors to a pod that goes. Of the 30 that Kubernetes waits, the rest is for those it has. */
  readonly goneSeconds: number;
}

/** One oauth2-proxy that writes nothing: sessions are in the browsers' cookies. */
export function proxyPod(args: ProxyPodArgs): k8s.types.input.core.v1.PodSpec {
  const port = args.tlsName === undefined ? "http" : "https";
  const health = { httpGet: { path: pingPath, port, scheme: port.toUpperCase() } };
  const secret = (secretName: pulumi.Input<string>): k8s.types.input.core.v1.SecretVolumeSource => ({
    secretName,
    defaultMode: 0o440,
  });
  const tls = args.tlsName === undefined ? [] : [{ name: "tls" as const, secret: secret(args.tlsName) }];
  const volumes = [
    { name: "config" as const, configMap: { name: args.configName } },
    { name: "secrets" as const, secret: secret(args.secretName) },
    ...tls,
  ];
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "oauth2-proxy",
        image,
        command: [
          "oauth2-proxy",
          `--config=${folders.config}/oauth2-proxy.toml`,
          `--alpha-config=${folders.config}/alpha.yaml`,
        ],
        ports: [{ name: port, containerPort: ports[port] }],
        // New visitors come until all who send them have heard that this pod goes.
        lifecycle: { preStop: { sleep: { seconds: args.goneSeconds } } },
        readinessProbe: { ...health, periodSeconds: 2 },
        livenessProbe: { ...health, periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: "50m", memory: "64Mi" }, limits: { memory: "256Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: volumes.map(({ name }) => ({ name, mountPath: folders[name], readOnly: true })),
      },
    ],
    volumes,
  };
}
