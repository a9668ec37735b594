import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { restrictedContainer, restrictedPod } from "../pod-security.ts";
import { accessKeyIds, type PurposeKeys } from "./generated-keys.ts";

/** https://github.com/versity/versitygw, an S3 server over a folder, with users and bucket policies. */
const image = "ghcr.io/versity/versitygw:v1.8.0";
export const storePort = 7070;
const userId = 65532;
export const storeLabels = {
  "app.kubernetes.io/name": "versitygw",
  "app.kubernetes.io/part-of": "spark-platform",
};

export interface StoreServerArgs {
  readonly namespace: pulumi.Input<string>;
  readonly region: string;
  /** The claim that holds the data. */
  readonly claimName: pulumi.Input<string>;
  /** Secret with ROOT_ACCESS_KEY_ID and ROOT_SECRET_ACCESS_KEY. */
  readonly rootSecretName: pulumi.Input<string>;
  readonly users: PurposeKeys;
}

/** The S3 server: users from a secret, one pod, a service. Returns its address and what must be up to use it. */
export function storeServer(
  name: string,
  args: StoreServerArgs,
  opts: pulumi.CustomResourceOptions,
): { readonly url: pulumi.Output<string>; readonly ready: readonly pulumi.Resource[] } {
  const users = usersFile(args.users);
  const userSecret = new k8s.core.v1.Secret(
    `${name}-users`,
    { metadata: { name: "store-users", namespace: args.namespace }, stringData: { "users.json": users } },
    opts,
  );
  const deployment = new k8s.apps.v1.Deployment(
    `${name}-server`,
    {
      metadata: { name: "store", namespace: args.namespace, labels: storeLabels },
      spec: {
        // The volume belongs to one pod at a time.
        replicas: 1,
        strategy: { type: "Recreate" },
        selector: { matchLabels: storeLabels },
        template: {
          metadata: {
            labels: storeLabels,
            // The server reads users.json when it meets a user, but keeps who it knows: new users mean a new pod.
            annotations: {
              "spark-platform/users": accessKeyIds(args.users).apply((ids) => Object.values(ids).join(",")),
            },
          },
          spec: podSpec(args, userSecret.metadata.name),
        },
      },
    },
    opts,
  );
  const service = new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name: "store", namespace: args.namespace, labels: storeLabels },
      spec: { selector: storeLabels, ports: [{ name: "s3", port: storePort, targetPort: "s3" }] },
    },
    opts,
  );
  return {
    url: pulumi.interpolate`http://${service.metadata.name}.${service.metadata.namespace}.svc.cluster.local:${storePort}`,
    ready: [deployment, service],
  };
}

function podSpec(
  args: StoreServerArgs,
  userSecretName: pulumi.Output<string>,
): k8s.types.input.core.v1.PodSpec {
  const probe = { httpGet: { path: "/healthz", port: "s3" } };
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    securityContext: restrictedPod(userId),
    containers: [
      {
        name: "versitygw",
        image,
        // The plain name of the binary: it is on the PATH of every build of this image, its place is not the same.
        command: ["versitygw"],
        args: [
          `--port=:${storePort}`,
          `--region=${args.region}`,
          "--iam-dir=/etc/versitygw",
          "--health=/healthz",
          "posix",
          "/data",
        ],
        envFrom: [{ secretRef: { name: args.rootSecretName } }],
        ports: [{ name: "s3", containerPort: storePort }],
        readinessProbe: { ...probe, periodSeconds: 2 },
        livenessProbe: { ...probe, periodSeconds: 10, failureThreshold: 6 },
        resources: { requests: { cpu: "100m", memory: "128Mi" }, limits: { memory: "1Gi" } },
        securityContext: restrictedContainer,
        volumeMounts: [
          { name: "data", mountPath: "/data" },
          { name: "users", mountPath: "/etc/versitygw", readOnly: true },
        ],
      },
    ],
    volumes: [
      { name: "data", persistentVolumeClaim: { claimName: args.claimName } },
      { name: "users", secret: { secretName: userSecretName, defaultMode: 0o440 } },
    ],
  };
}

/** The server's users file (versitygw auth/iam_internal.go): declared here, so that no admin call is needed. */
function usersFile(users: PurposeKeys): pulumi.Output<string> {
  return pulumi.output(users).apply((all) =>
    JSON.stringify({
      accessAccounts: Object.fromEntries(
        Object.values(all).map(({ accessKeyId, secretAccessKey }) => [
          accessKeyId,
          { access: accessKeyId, secret: secretAccessKey, role: "user" },
        ]),
      ),
    }),
  );
}
