import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { PrivateCa } from "../certificates/private-ca.ts";
import { tlsSecret } from "../certificates/tls-secret.ts";
import { allow } from "../namespaces/network-rules.ts";
import { podMark } from "../pod-mark.ts";
import { configFile, dexConfig, ports, type DexUser } from "./dex-config.ts";
import { dexPod } from "./dex-pod.ts";
import {
  dnsRecords,
  expose,
  listenPorts,
  publicUrl,
  uiNamespace,
  type ClusterExposure,
  type DnsRecord,
} from "./exposure.ts";
import { frontDoorLabels } from "./front-door.ts";
import type { Identity, IdentityEndpoints } from "./identity.ts";

export interface DexIdentityArgs {
  readonly namespace: pulumi.Input<string>;
  /** DNS name that browsers know it by. */
  readonly host: string;
  readonly exposure: ClusterExposure;
  /** Everybody who can log in. */
  readonly users: readonly DexUser[];
  /** Members administer the platform. Default: nobody does by a group. */
  readonly adminGroup: string | undefined;
  /** Where a browser goes back to: the front door's. */
  readonly redirectUri: string;
  /** Signs its certificate. */
  readonly ca: PrivateCa;
}

const labels = { "app.kubernetes.io/name": "dex", "app.kubernetes.io/part-of": "spark-platform" };
const service = "dex";
const clientId = "spark-platform";
/** Its address in the cluster: the public name need not resolve there. */
const internalHost = `${service}.${uiNamespace}.svc.cluster.local`;

/**
 * Dex (https://dexidp.io) with a fixed list of users, whose passwords the stack makes: a log-in for laptops and trials,
 * where there is no identity provider. It keeps nothing: with its pod go the keys of the tokens that it gave, and
 * everybody logs in again when the front door next asks (half an hour at the latest).
 *
 *     const users = [{ email: "ann@example.org", groups: ["data"] }];
 *     new DexIdentity("dex", { namespace, host, exposure, users, adminGroup, redirectUri, ca });
 */
export class DexIdentity extends pulumi.ComponentResource implements Identity {
  readonly issuer: string;
  readonly clientId = clientId;
  readonly clientSecret: pulumi.Output<string>;
  // `offline_access`: the front door asks again whether the user still exists, and of which groups.
  readonly scopes = ["openid", "email", "profile", "groups", "offline_access"];
  readonly groupsClaim = "groups";
  readonly adminGroup: string | undefined;
  // Dex says that the addresses of its own users are verified.
  readonly skipEmailVerified = false;
  readonly endpoints: IdentityEndpoints;
  readonly certificateAuthority: pulumi.Output<string>;
  readonly network: Identity["network"];
  readonly ready: readonly pulumi.Resource[];
  /** Email -> password. Secrets. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** What others must make for browsers to find it. */
  readonly records: readonly DnsRecord[];

  constructor(name: string, args: DexIdentityArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:DexIdentity", name, {}, opts);
    const { namespace, host, exposure } = args;
    const child = { parent: this };
    this.issuer = publicUrl(host, exposure);
    this.records = dnsRecords([host], `service ${service} in namespace ${uiNamespace}`, exposure);
    this.adminGroup = args.adminGroup;
    const internal = `https://${internalHost}`;
    this.endpoints = {
      login: `${this.issuer}/auth`,
      token: `${internal}/token`,
      keys: `${internal}/keys`,
    };
    this.certificateAuthority = args.ca.certificate;
    this.network = {
      to: [{ podSelector: { matchLabels: labels } }],
      ports: [{ protocol: "TCP", port: ports.https }],
    };
    this.clientSecret = new random.RandomPassword(
      `${name}-client`,
      { length: 40, special: false },
      child,
    ).result;
    const users = args.users.map((user) => ({ ...user, password: userPassword(name, user, child) }));
    this.passwords = Object.fromEntries(users.map(({ email, password }) => [email, password.result]));
    allowDex(name, namespace, exposure, child);
    const certificate = args.ca.issue(name, [host, internalHost], child);
    const tls = tlsSecret(name, { namespace, secret: "dex-tls", certificate }, child);
    const config = pulumi
      .all([this.clientSecret, pulumi.all(users.map(({ password }) => password.bcryptHash))])
      .apply(([clientSecret, hashes]) =>
        dexConfig({
          issuer: this.issuer,
          behindIngress: exposure.kind === "ingress",
          clientId,
          clientSecret,
          redirectUri: args.redirectUri,
          users: args.users.map((user, index) => ({ ...user, passwordHash: hashes[index] ?? "" })),
        }),
      );
    const deployment = dexDeployment(
      name,
      { namespace, config, certificate: certificate.certificate, tlsName: tls.metadata.name, exposure },
      child,
    );
    const exposed = expose(
      name,
      {
        namespace,
        service,
        labels,
        hosts: [host],
        exposure,
        tlsName: tls.metadata.name,
        // The front door comes to `https`, inside of the cluster, also where browsers come through an Ingress.
        ports: ["https", ...listenPorts(exposure).filter((port) => port !== "https")],
      },
      child,
    );
    this.ready = [deployment, ...exposed];
    this.registerOutputs({ issuer: this.issuer });
  }
}

function userPassword(
  name: string,
  { email }: DexUser,
  opts: pulumi.CustomResourceOptions,
): random.RandomPassword {
  // bcrypt counts 72 bytes.
  return new random.RandomPassword(`${name}-user-${email}`, { length: 20, special: false }, opts);
}

interface DexDeploymentArgs {
  readonly namespace: pulumi.Input<string>;
  /** A Pulumi secret. */
  readonly config: pulumi.Output<string>;
  readonly certificate: pulumi.Output<string>;
  readonly tlsName: pulumi.Output<string>;
  readonly exposure: ClusterExposure;
}

function dexDeployment(
  name: string,
  args: DexDeploymentArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const { namespace, config } = args;
  const secret = new k8s.core.v1.Secret(
    `${name}-config`,
    { metadata: { name: "dex-config", namespace }, stringData: { [configFile]: config } },
    opts,
  );
  return new k8s.apps.v1.Deployment(
    `${name}-server`,
    {
      metadata: { name: service, namespace, labels },
      spec: {
        replicas: 1,
        // Two at once would not know each other's log-ins.
        strategy: { type: "Recreate" },
        selector: { matchLabels: labels },
        template: {
          metadata: {
            labels,
            annotations: { "spark-platform/config": podMark(config, args.certificate) },
          },
          spec: dexPod({
            configName: secret.metadata.name,
            tlsName: args.tlsName,
            behindIngress: args.exposure.kind === "ingress",
          }),
        },
      },
    },
    opts,
  );
}

/** Browsers may come from anywhere, the front door comes from inside; it reaches nobody. */
function allowDex(
  name: string,
  namespace: pulumi.Input<string>,
  exposure: ClusterExposure,
  opts: pulumi.CustomResourceOptions,
): void {
  const https = { protocol: "TCP", port: ports.https };
  const rules = {
    ingress:
      exposure.kind === "ingress"
        ? [
            { ports: [{ protocol: "TCP", port: ports.http }] },
            { from: [{ podSelector: { matchLabels: frontDoorLabels } }], ports: [https] },
          ]
        : [{ ports: [https] }],
  };
  allow(name, { namespace, policy: "dex", pods: { matchLabels: labels }, rules }, opts);
}
