import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { allow } from "../namespaces/network-rules.ts";
import { podMark } from "../pod-mark.ts";
import { dnsRecord, expose, listenPorts, publicUrl, type DnsRecord, type Exposure } from "./exposure.ts";
import { urlSafe, type FrontDoorKey } from "./front-door-key.ts";
import type { FrontDoorTls } from "./front-door-tls.ts";
import type { Identity } from "./identity.ts";
import {
  isLimited,
  ports,
  proxyFiles,
  secretFiles,
  type Allowed,
  type UpstreamRoute,
} from "./proxy-config.ts";
import { proxyPod } from "./proxy-pod.ts";

type EgressRule = k8s.types.input.networking.v1.NetworkPolicyEgressRule;

/** A server behind the front door, and how a network policy lets the front door reach it. */
export interface Upstream extends UpstreamRoute {
  readonly network: EgressRule;
}

export interface FrontDoorArgs {
  readonly namespace: pulumi.Input<string>;
  /** DNS name that browsers know it by. */
  readonly host: string;
  readonly exposure: Exposure;
  readonly tls: FrontDoorTls;
  readonly identity: Identity;
  /** Who gets in. At least one group or domain. */
  readonly allowed: Allowed;
  readonly key: FrontDoorKey;
  readonly upstreams: readonly Upstream[];
}

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
 *     new FrontDoor("ui", { namespace, host, exposure, tls, identity, allowed, key, upstreams: [history.upstream] });
 */
export class FrontDoor extends pulumi.ComponentResource {
  /** `https://HOST[:PORT]`. */
  readonly url: string;
  readonly record: DnsRecord;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: FrontDoorArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:FrontDoor", name, {}, opts);
    const { namespace, host, exposure } = args;
    if (!isLimited(args.allowed))
      throw new pulumi.ResourceError("[allowed] must name a group or a domain: nothing is open to all", this);
    const child = { parent: this };
    this.url = publicUrl(host, exposure);
    this.record = dnsRecord(host, service, exposure);
    allowFrontDoor(name, args, child);
    const deployment = proxyDeployment(name, args, this.url, child);
    const exposed = expose(
      name,
      {
        namespace,
        service,
        labels: frontDoorLabels,
        host,
        exposure,
        tlsName: args.tls.secretName,
        ports: listenPorts(exposure),
      },
      child,
    );
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
  const tls = exposure.kind !== "ingress";
  const authority = identity.certificateAuthority;
  const config = { ...args, url, tls, identity: { ...identity, ownAuthority: authority !== undefined } };
  const files = pulumi.output(authority).apply((pem) => proxyFiles(config, pem));
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
    ...(tls && args.tls.certificate !== undefined ? [args.tls.certificate] : []),
  ];
  return new k8s.apps.v1.Deployment(
    `${name}-proxy`,
    {
      metadata: { name: service, namespace, labels: frontDoorLabels },
      spec: {
        replicas: 1,
        // A new pod answers before the old one goes: both know the same cookies.
        strategy: { type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        selector: { matchLabels: frontDoorLabels },
        template: {
          metadata: { labels: frontDoorLabels, annotations: { "spark-platform/config": podMark(...read) } },
          spec: proxyPod({
            configName: configMap.metadata.name,
            secretName: secret.metadata.name,
            tlsName: tls ? args.tls.secretName : undefined,
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
    egress: [args.identity.network, ...args.upstreams.map(({ network }) => network)],
  };
  const pods = { matchLabels: frontDoorLabels };
  allow(name, { namespace: args.namespace, policy: "front-door", pods, rules }, opts);
}
