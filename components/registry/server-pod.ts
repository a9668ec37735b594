import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { distributionConfig, healthPath, nginxConfig, type ImageStorage } from "./server-config.ts";

/** https://github.com/distribution/distribution, the registry. */
const distribution = "docker.io/library/registry:3.1.2";
/** nginx, built to run without root. */
const nginx = "docker.io/nginxinc/nginx-unprivileged:1.28.0";
/** uid and gid of nginx in its image. */
const userId = 101;

export const serverPort = 8443;
export const serverLabels = {
  "app.kubernetes.io/name": "registry",
  "app.kubernetes.io/part-of": "spark-platform",
};

/** Where each thing is mounted. */
const folders = { config: "/etc/registry/config", users: "/etc/registry/users", tls: "/etc/registry/tls" };

/** The files of the server's ConfigMap. */
export function serverFiles(host: string, storage: ImageStorage): Record<string, string> {
  const door = nginxConfig({
    port: serverPort,
    certificate: `${folders.tls}/tls.crt`,
    key: `${folders.tls}/tls.key`,
    htpasswd: `${folders.users}/htpasswd`,
  });
  return { "distribution.yml": distributionConfig(host, storage), "nginx.conf": nginxMain(door) };
}

/** nginx's whole configuration; what it writes goes to /tmp, since the root filesystem is read-only. */
function nginxMain(http: string): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `pid /tmp/nginx.pid;
error_log /dev/stderr warn;
worker_processes 2;
events {}
http {
${temporary.map((use) => `${use}_temp_path /tmp/${use};`).join("\n")}
access_log /dev/stdout;

${http}}
`;
}

export interface ServerPodArgs {
  readonly configName: pulumi.Input<string>;
  readonly usersName: pulumi.Input<string>;
  readonly tlsName: pulumi.Input<string>;
  /** Secret whose keys become distribution's environment. Undefined: its service account is all it needs. */
  readonly s3Secret: string | undefined;
}

/** distribution, which listens inside of the pod alone, and nginx before it. */
export function serverPod(args: ServerPodArgs): k8s.types.input.core.v1.PodSpec {
  const health = { httpGet: { path: healthPath, port: "https", scheme: "HTTPS" } };
  const config = { name: "config", mountPath: folders.config, readOnly: true };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "distribution",
        image: distribution,
        command: ["registry", "serve", `${folders.config}/distribution.yml`],
        ...(args.s3Secret !== undefined && { envFrom: [{ secretRef: { name: args.s3Secret } }] }),
        // Version 3 sends traces somewhere if nobody says no.
        env: [{ name: "OTEL_TRACES_EXPORTER", value: "none" }],
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "512Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: [config],
      },
      {
        name: "nginx",
        image: nginx,
        command: ["nginx", "-c", `${folders.config}/nginx.conf`, "-g", "daemon off;"],
        ports: [{ name: "https", containerPort: serverPort }],
        readinessProbe: { ...health, periodSeconds: 2 },
        resources: { requests: { cpu: "50m", memory: "32Mi" }, limits: { memory: "128Mi" } },
        securityContext: restrictedContainer,
        volumeMounts: [
          config,
          { name: "users", mountPath: folders.users, readOnly: true },
          { name: "tls", mountPath: folders.tls, readOnly: true },
          { name: "tmp", mountPath: "/tmp" },
        ],
      },
    ],
    volumes: [
      { name: "config", configMap: { name: args.configName } },
      { name: "users", secret: { secretName: args.usersName, defaultMode: 0o440 } },
      { name: "tls", secret: { secretName: args.tlsName, defaultMode: 0o440 } },
      { name: "tmp", emptyDir: {} },
    ],
  };
}
