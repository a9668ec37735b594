import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { allow } from "../namespaces/network-rules.ts";
import { podMark } from "../pod-mark.ts";
import {
  dnsRecords,
  expose,
  listenPorts,
  noticeSeconds,
  podsEndTls,
  publicUrl,
  uiNamespace,
  type DnsRecord,
} from "./exposure.ts";
import { urlSafe, type FrontDoorKey } from "./front-door-key.ts";
import type { Identity } from "./identity.ts";
import { isLimited, ports, proxyFiles, secretFiles, type Allowed } from "./proxy-config.ts";
import { pingPath, proxyPod } from "./proxy-pod.ts";
import type { ServerWay } from "./server-way.ts";

type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** The server behind the front door, and how a network policy lets the front door reach it. */
export interface Upstream {
  /** URL in the cluster, without a path. */
  readonly url: string;
  readonly network: EgressRule;
}

export type FrontDoorArgs = ServerWay & {
  readonly namespace: pulumi.Input<string>;
  /** DNS name that browsers know it by. */
  readonly host: string;
  readonly identity: Identity;
  /** Who gets in. At least one group or domain. */
  readonly allowed: Allowed;
  readonly key: FrontDoorKey;
  readonly upstream: Upstream;
};

/** Labels of its pods: who lets the front door in selects them. */
export const frontDoorLabels = {
  "app.kubernetes.io/name": "front-door",
  "app.kubernetes.io/part-of": "spark-platform",
};
const service = "front-door";

/**
 * The one way from browsers to the platform's pages: oauth2-proxy, which sends visitors to log in, lets in who is of an
 * allowed group or domain, and hands their requests on with its own signature and their name. Sessions are in the
 * browsers' cookies, encrypted, so that a restart ends none; another cookie secret ends them all.
 *
 *     const allowed = { groups: ["data"], domains: [] };
 *     new FrontDoor("ui", { namespace, host, exposure, tls, identity, allowed, key, upstream });
 */
export class FrontDoor extends pulumi.ComponentResource {
  /** `https://HOST[:PORT]`. */
  readonly url: string;
  /** What others must make for browsers to find it. */
  readonly records: readonly DnsRecord[];
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:FrontDoor", name, {}, opts);
    const { namespace, host, exposure } = args;
    if (!isLimited(args.allowed))
      throw new pulumi.ResourceError("[allowed] must name a group or a domain: nothing is open to all", this);
    const child = { parent: this };
    this.url = publicUrl(host, exposure);
    this.records = dnsRecords([host], `service ${service} in namespace ${uiNamespace}`, exposure);
    allowFrontDoor(name, args, child);
    const deployment = proxyDeployment(name, args, this.url, child);
    const server = {
      namespace,
      service,
      labels: frontDoorLabels,
      hosts: [host],
      ports: listenPorts(exposure),
    };
    const way =
      args.tls === undefined
        ? { exposure: args.exposure, tlsName: undefined, healthPath: pingPath }
        : { exposure: args.exposure, tlsName: args.tls.secretName };
    const exposed = expose(name, { ...server, ...way }, child);
    this.ready = [deployment, ...exposed];
    this.registerOutputs({ url: this.url });
  }
}

/** The proxy's pod and what it reads. */
function proxyDeployment(
  name: string,
  args: FrontDoorArgs,
  url: string,
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const { namespace, identity, exposure } = args;
  const tls = podsEndTls(exposure) ? args.tls : undefined;
  const notice = noticeSeconds(exposure);
  const files = pulumi
    .all([identity.issuer, identity.clientId, identity.certificateAuthority])
    .apply(([issuer, clientId, authority]) => {
      const known = { ...identity, issuer, clientId, ownAuthority: authority !== undefined };
      const { allowed, upstream } = args;
      const proxy = { url, tls: tls !== undefined, identity: known, allowed, upstream: upstream.url };
      return proxyFiles(proxy, authority);
    });
  const configMap = new k8s.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: { name: "front-door-config", namespace }, data: files },
    opts,
  );
  const cookie = new random.RandomBytes(`${name}-cookie`, { length: 32 }, opts);
  const secrets = {
    [secretFiles.cookie]: cookie.base64.apply(urlSafe),
    [secretFiles.client]: identity.clientSecret,
    [secretFiles.authorization]: pulumi.interpolate`Bearer ${args.key.token}`,
  };
  const secret = new k8s.core.v1.Secret(
    `${name}-secrets`,
    { metadata: { name: "front-door-secrets", namespace }, stringData: secrets },
    opts,
  );
  const read = [
    files.apply((all) => JSON.stringify(all)),
    ...Object.values(secrets),
    ...(tls?.certificate !== undefined ? [tls.certificate] : []),
  ];
  return new k8s.apps.v1.Deployment(
    `${name}-proxy`,
    {
      metadata: { name: service, namespace, labels: frontDoorLabels },
      spec: {
        replicas: 1,
        // A new pod answers, and visitors are sent there, before the old one goes: both know the same cookies.
        ...(notice.comes > 0 && { minReadySeconds: notice.comes }),
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: frontDoorLabels },
        template: {
          metadata: { labels: frontDoorLabels, annotations: { "spark-platform/config": podMark(...read) } },
          spec: proxyPod({
            configName: configMap.metadata.name,
            secretName: secret.metadata.name,
            tlsName: tls?.secretName,
            goneSeconds: notice.goes,
          }),
        },
      },
    },
    { ...opts, dependsOn: [...identity.ready] },
  );
}

/** Browsers may come from anywhere; it reaches the servers behind it and the identity provider. */
function allowFrontDoor(name: string, args: FrontDoorArgs, opts: pulumi.CustomResourceOptions): void {
  const rules = {
    ingress: [{ ports: listenPorts(args.exposure).map((port) => ({ protocol: "TCP", port: ports[port] })) }],
    egress: [args.identity.network, args.upstream.network],
  };
  const pods = { matchLabels: frontDoorLabels };
  allow(name, { namespace: args.namespace, policy: "front-door", pods, rules }, opts);
}
