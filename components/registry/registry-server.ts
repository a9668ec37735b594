import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ServerCertificate } from "../certificates/private-ca.ts";
import { tlsSecret } from "../certificates/tls-secret.ts";
import { podMark } from "../pod-mark.ts";
import type { S3Access } from "../storage/object-store.ts";
import { serverFiles, serverLabels, serverPod } from "./server-pod.ts";

export interface RegistryServerArgs {
  readonly namespace: pulumi.Input<string>;
  /** `HOST` or `HOST:PORT`, as clients reach it. */
  readonly host: string;
  readonly nodePort: number | undefined;
  readonly bucket: pulumi.Input<string>;
  readonly access: S3Access;
  readonly certificate: ServerCertificate;
  readonly htpasswd: pulumi.Output<string>;
}

/** The registry's pod and its service. Returns what must be up to use it. */
export function registryServer(
  name: string,
  args: RegistryServerArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly ready: readonly pulumi.Resource[] } {
  const { namespace, certificate } = args;
  const files = pulumi
    .all([args.bucket, args.access.endpoint])
    .apply(([bucket, endpoint]) => serverFiles(args.host, { bucket, ...endpoint, redirect: false }));
  const config = new k8s.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: { name: "registry-config", namespace }, data: files },
    opts,
  );
  const users = new k8s.core.v1.Secret(
    `${name}-users`,
    { metadata: { name: "registry-users", namespace }, stringData: { htpasswd: args.htpasswd } },
    opts,
  );
  const tls = tlsSecret(name, { namespace, secret: "registry-tls", certificate }, opts);
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-server`,
    {
      metadata: { name: "registry", namespace, labels: serverLabels },
      spec: {
        replicas: 1,
        // A new pod answers before the old one goes: both see the same bucket.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: serverLabels },
        template: {
          metadata: {
            labels: serverLabels,
            annotations: {
              // Read at the start alone. Users are read at every request, so that new ones need no new pod.
              "spark-platform/config": podMark(
                files.apply((all) => JSON.stringify(all)),
                certificate.certificate,
              ),
            },
          },
          spec: serverPod({
            configName: config.metadata.name,
            usersName: users.metadata.name,
            tlsName: tls.metadata.name,
            s3Secret: args.access.keys?.secret.name,
          }),
        },
      },
    },
    opts,
  );
  const service = new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name: "registry", namespace, labels: serverLabels },
      spec: {
        type: args.nodePort === undefined ? "LoadBalancer" : "NodePort",
        selector: serverLabels,
        ports: [
          {
            name: "https",
            port: 443,
            targetPort: "https",
            ...(args.nodePort !== undefined && { nodePort: args.nodePort }),
          },
        ],
      },
    },
    opts,
  );
  return { ready: [deployment, service] };
}
