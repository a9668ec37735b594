import type * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import type { S3Access } from "../storage/object-store.ts";
import { s3Env } from "../storage/pod-env.ts";
import type { PagesSource } from "../ingress/user-interface.ts";

/** uid and gid of node in its image. */
const userId = 1000;

export const ports = { https: 8443, http: 8080, metrics: 9090, ui: 8081 } as const;

/** Audience of the service-account tokens that the gateway accepts in place of its own access tokens. */
const audience = "spark-platform";

/** Where the pod has each thing. */
const folders = {
  config: "/etc/gateway",
  secrets: "/etc/gateway-secrets",
  tls: "/etc/gateway-tls",
  data: "/var/lib/gateway",
  tmp: "/tmp",
};
/** Files in `folders.config` and in `folders.secrets`. */
export const files = {
  platform: "platform.json",
  registerToken: "register-token-sha256",
  databaseUrl: "database-url",
  frontDoorKey: "front-door-key",
} as const;

/** The most memory that it may hold. `npm run bench gateway` measures what it does hold. */
export const memoryMiB = 512;

/**
 * MiB for new objects, of which V8 takes three such spaces. By its own choice it takes 16 or more, and fills them with
 * what is over: a gateway that had taken 5,000 applications in held 380 MiB, of which 60 lived; with 4 it held 209, and
 * took no longer (9.2 s, 8.6 to 10 before). After 2,100 submissions by 8 clients it was 386, and 239 with 8 MiB, each
 * submission 14.5 ms and 13.1 (medians of 7, in turn). https://nodejs.org/docs/latest/api/cli.html#--max-semi-space-sizesize-in-mib
 */
export const nodeOptions = ["--max-semi-space-size=8"];

/** Seconds for the requests that it has when it is told to go: it takes 25 (gateway/src/main.ts). */
const patienceSeconds = 30;

/** Where it says whether it can serve: not once it is told to go. */
export const readyPath = "/readyz";

export interface GatewayPodArgs {
  readonly image: string;
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount: pulumi.Input<string>;
  readonly configName: pulumi.Input<string>;
  readonly secretName: pulumi.Input<string>;
  /** Secret with the certificate. Undefined: an Ingress has it, and ends TLS. */
  readonly tlsName: pulumi.Input<string> | undefined;
  /** Proxies whose X-Forwarded-For is believed. Undefined: none. */
  readonly trustedProxies: string | undefined;
  /** The claim of the embedded database. Undefined: the secret has a PostgreSQL's URL. */
  readonly claimName: pulumi.Input<string> | undefined;
  /** Whether it has the pages of running applications. */
  readonly ui: Pick<PagesSource, "adminGroup" | "issuer" | "skipEmailVerified"> | undefined;
  /** Who it is to the store. */
  readonly access: Pick<S3Access, "env" | "keys">;
  /** True if the platform lists service accounts that may call it. */
  readonly acceptsServiceAccounts: boolean;
  /** Seconds until nobody sends clients to a pod that goes. */
  readonly goneSeconds: number;
}

/** One gateway. It writes to its database, and to /tmp. */
export function gatewayPod(args: GatewayPodArgs): k8s.types.input.core.v1.PodSpec {
  const port = args.tlsName === undefined ? "http" : "https";
  const probe = (path: string): k8s.types.input.core.v1.Probe => ({
    httpGet: { path, port, scheme: port.toUpperCase() },
    timeoutSeconds: 5,
  });
  const volumes = volumesOf(args);
  return {
    serviceAccountName: args.serviceAccount,
    // It asks the API server for all that its users want.
    automountServiceAccountToken: true,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    terminationGracePeriodSeconds: args.goneSeconds + patienceSeconds,
    ...(args.imagePullSecrets.length > 0 && {
      imagePullSecrets: args.imagePullSecrets.map((name) => ({ name })),
    }),
    containers: [
      {
        name: "gateway",
        image: args.image,
        command: ["node", ...nodeOptions, "gateway/src/main.ts"],
        env: [...environment(args), ...s3Env(args.access)],
        ports: [
          { name: port, containerPort: ports[port] },
          { name: "metrics", containerPort: ports.metrics },
          ...(args.ui === undefined ? [] : [{ name: "ui", containerPort: ports.ui }]),
        ],
        // New clients come until all who send them have heard that this pod goes.
        lifecycle: { preStop: { sleep: { seconds: args.goneSeconds } } },
        startupProbe: { ...probe("/healthz"), periodSeconds: 2, failureThreshold: 60 },
        readinessProbe: { ...probe(readyPath), periodSeconds: 5 },
        livenessProbe: { ...probe("/healthz"), periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: "100m", memory: "256Mi" }, limits: { memory: `${memoryMiB}Mi` } },
        securityContext: restrictedContainer,
        volumeMounts: volumes.map(({ name }) => ({
          name,
          mountPath: folders[name],
          ...(name !== "data" && name !== "tmp" && { readOnly: true }),
        })),
      },
    ],
    volumes,
  };
}

function volumesOf(args: GatewayPodArgs) {
  const secret = (secretName: pulumi.Input<string>): k8s.types.input.core.v1.SecretVolumeSource => ({
    secretName,
    defaultMode: 0o440,
  });
  return [
    { name: "config" as const, configMap: { name: args.configName } },
    { name: "secrets" as const, secret: secret(args.secretName) },
    ...(args.tlsName === undefined ? [] : [{ name: "tls" as const, secret: secret(args.tlsName) }]),
    ...(args.claimName === undefined
      ? []
      : [{ name: "data" as const, persistentVolumeClaim: { claimName: args.claimName } }]),
    { name: "tmp" as const, emptyDir: { sizeLimit: "256Mi" } },
  ];
}

/** gateway/README.md says what each variable means. */
function environment({
  tlsName,
  trustedProxies,
  claimName,
  ui,
  acceptsServiceAccounts,
}: GatewayPodArgs): readonly { name: string; value: pulumi.Input<string> }[] {
  const variables = {
    METRICS_ADDRESS: `0.0.0.0:${ports.metrics}`,
    PLATFORM_FILE: `${folders.config}/${files.platform}`,
    BOOTSTRAP_TOKEN_SHA256_FILE: `${folders.secrets}/${files.registerToken}`,
    ...(acceptsServiceAccounts && { SERVICE_ACCOUNT_AUDIENCE: audience }),
    ...(claimName === undefined
      ? { DATABASE_URL_FILE: `${folders.secrets}/${files.databaseUrl}` }
      : { DATA_FOLDER: folders.data }),
    ...(ui !== undefined && {
      UI_ADDRESS: `0.0.0.0:${ports.ui}`,
      UI_KEY_FILE: `${folders.secrets}/${files.frontDoorKey}`,
      ...(ui.adminGroup !== undefined && { UI_ADMIN_GROUP: ui.adminGroup }),
      UI_ISSUER: ui.issuer,
      ...(ui.skipEmailVerified && { UI_SKIP_EMAIL_VERIFIED: "true" }),
    }),
    ...(trustedProxies !== undefined && { TRUSTED_PROXIES: trustedProxies }),
    ...(tlsName === undefined
      ? { API_ADDRESS: `0.0.0.0:${ports.http}` }
      : {
          API_ADDRESS: `0.0.0.0:${ports.https}`,
          TLS_CERTIFICATE_FILE: `${folders.tls}/tls.crt`,
          TLS_KEY_FILE: `${folders.tls}/tls.key`,
        }),
  };
  return Object.entries(variables).map(([name, value]) => ({ name, value }));
}
