import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { ClusterDns } from "../cluster/cluster-dns.ts";
import {
  dnsRecords,
  expose,
  listenPorts,
  noticeSeconds,
  podsEndTls,
  proxiesOf,
  publicUrl,
  type DnsRecord,
} from "../ingress/exposure.ts";
import { serverWay, type WayConfig } from "../ingress/server-way.ts";
import type { PagesSource } from "../ingress/user-interface.ts";
import { allow, apiServerEgress } from "../namespaces/network-rules.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import { podMark } from "../pod-mark.ts";
import type { Registry } from "../registry/registry.ts";
import { dataVolume } from "../storage/data-volume.ts";
import type { S3Access } from "../storage/object-store.ts";
import { gatewayFiles } from "./gateway-config.ts";
import type { GatewayDatabase } from "./gateway-database.ts";
import { gatewayDeployment, labels, namespaceName, serviceName } from "./gateway-deployment.ts";
import { gatewayPod, ports, readyPath } from "./gateway-pod.ts";
import { gatewayRights } from "./gateway-rights.ts";
import { driverKeys, gatewayUi, uiRules } from "./gateway-ui.ts";
import type { PlatformFileArgs } from "./platform-file.ts";
import { registerToken } from "./register-token.ts";

/** What a stack says of its gateway. */
export type GatewayConfig = WayConfig &
  Pick<PlatformFileArgs, "limits" | "serviceAccounts"> & {
    /** DNS name that clients know the API by. */
    readonly host: string;
    readonly database: GatewayDatabase;
    /** Number of the first admin's register token; the next higher one is a new token. */
    readonly registerToken: number;
  };

export type GatewayArgs = GatewayConfig &
  Omit<PlatformFileArgs, "pages"> & {
    /** The sources of pages. Undefined: there are no pages. */
    readonly ui: PagesSource | undefined;
    readonly image: string;
    readonly dns: ClusterDns;
    /** The registry that the image is in. Default: one that needs no credentials. */
    readonly registry: Registry | undefined;
    /** The stack's authority, made when it is first asked for. */
    readonly authority: () => PrivateCa;
  };

/** The stack's output `gateway`. */
export interface GatewayOutput {
  /** Where the API is. */
  readonly url: string;
  /** What the first admin registers with, once: `POST URL/v1/tokens/register`. A secret. */
  readonly registerToken: pulumi.Output<string>;
  /** DNS records that somebody must make. */
  readonly records: readonly DnsRecord[];
  /** PEM of the authority that clients must trust. Absent where they do so anyway. */
  readonly certificateAuthority?: pulumi.Output<string>;
}

/**
 * The platform's API (gateway/README.md), at a host of its own: clients bring tokens, so that it is not behind the front
 * door. The same server shows applications' pages, each at a host of its own below the pages' host. It acts in the teams'
 * namespaces by rights of its own; what each of its users may do is the gateway's to say.
 *
 *     new Gateway("gateway", { ...config, image, dns, store, registry, authority, cluster, teams, jobDefaults, versions });
 */
export class Gateway extends pulumi.ComponentResource {
  readonly output: GatewayOutput;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: GatewayArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:gateway:Gateway", name, {}, opts);
    const child = { parent: this };
    const { store, registry, host, exposure } = args;
    const access = store.access("gateway");
    const { namespace, imagePullSecrets } = new SystemNamespace(
      name,
      { namespace: namespaceName, dns: args.dns, access, registry },
      child,
    );
    allowGateway(name, namespace, args, child);
    const hosts: Hosts = args.ui === undefined ? [host] : [host, `*.${args.ui.host}`];
    const way = serverWay(name, { ...args, namespace, hosts, secret: "gateway-tls" }, child);
    const token = registerToken(name, args.registerToken, child);
    const deployment = server(
      name,
      { ...args, namespace, imagePullSecrets, access, way, tokenHash: token.hash },
      child,
    );
    const exposed = exposeServer(name, { namespace, hosts, way }, child);
    const pages = args.ui === undefined ? [] : [gatewayUi(name, namespace, child)];
    this.ready = [deployment, ...exposed, ...pages];
    this.output = {
      url: publicUrl(host, exposure),
      registerToken: token.token,
      records: dnsRecords(hosts, `service ${serviceName} in namespace ${namespaceName}`, exposure),
      ...(way.tls?.authority !== undefined && { certificateAuthority: way.tls.authority }),
    };
    this.registerOutputs({ url: this.output.url });
  }
}

type Way = ReturnType<typeof serverWay>;
/** The API's, and the one that all hosts of pages fit. */
type Hosts = readonly [api: string, ...pages: string[]];

/** The pods with their account, what they read and where they keep what they know. */
function server(
  name: string,
  args: GatewayArgs & {
    readonly namespace: pulumi.Output<string>;
    readonly imagePullSecrets: readonly string[];
    readonly access: S3Access;
    readonly way: Way;
    readonly tokenHash: pulumi.Output<string>;
  },
  opts: pulumi.CustomResourceOptions,
): k8s.apps.v1.Deployment {
  const { namespace, access, database, teams, registry, ui, serviceAccounts } = args;
  const account = new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    { metadata: { name: serviceName, namespace }, automountServiceAccountToken: false },
    opts,
  );
  const serviceAccount = account.metadata.name;
  const rights = gatewayRights(name, { namespace, serviceAccount }, args, opts);
  const identity = access.bind(name, { namespace, serviceAccount }, opts);
  const keys = ui === undefined ? [] : driverKeys(name, ui.key, teams, opts);
  const { configName, secretName, texts } = gatewayFiles(name, { ...args, pages: pagesPlaces(args) }, opts);
  const tls = podsEndTls(args.exposure) ? args.way.tls : undefined;
  const claimName =
    database.kind === "embedded"
      ? dataVolume(name, { namespace, claimName: "gateway-data", volume: database.volume }, opts).metadata
          .name
      : undefined;
  const notice = noticeSeconds(args.exposure);
  const pod = {
    ...args,
    serviceAccount,
    configName,
    secretName,
    claimName,
    acceptsServiceAccounts: serviceAccounts.length > 0,
  };
  return gatewayDeployment(
    name,
    {
      namespace,
      database: database.kind,
      mark: podMark(
        ...texts,
        ...(tls?.certificate === undefined ? [] : [tls.certificate]),
        ...Object.values(access.keys?.secret.data ?? {}),
      ),
      pod: gatewayPod({
        ...pod,
        tlsName: tls?.secretName,
        trustedProxies: proxiesOf(args.exposure)?.trusted,
        goneSeconds: notice.goes,
      }),
      comesSeconds: notice.comes,
    },
    {
      ...opts,
      dependsOn: [
        ...rights,
        ...keys,
        ...identity,
        ...(registry?.ready ?? []),
        ...teams.flatMap(({ runtime }) => runtime.ready),
      ],
    },
  );
}

/** Addresses of pages, which are at the gateway's own port. */
function pagesPlaces({ ui, exposure }: GatewayArgs): PlatformFileArgs["pages"] {
  if (ui === undefined) return undefined;
  const { url, historyServer } = ui;
  return { url, origins: publicUrl(ui.host, exposure), historyServer };
}

function exposeServer(
  name: string,
  { way, ...rest }: { readonly namespace: pulumi.Input<string>; readonly hosts: Hosts; readonly way: Way },
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const api = { ...rest, service: serviceName, labels, ports: listenPorts(way.exposure) };
  if (way.tls === undefined)
    return expose(name, { ...api, exposure: way.exposure, tlsName: undefined, healthPath: readyPath }, opts);
  return expose(name, { ...api, exposure: way.exposure, tlsName: way.tls.secretName }, opts);
}

/**
 * Clients come from anywhere, or through the proxy that is known to be before it. Whoever reads its metrics is in the
 * cluster. It reaches what it works with.
 */
function allowGateway(
  name: string,
  namespace: pulumi.Input<string>,
  { exposure, database, store, ui }: GatewayArgs,
  opts: pulumi.CustomResourceOptions,
): void {
  const tcp = (port: number): { readonly protocol: string; readonly port: number } => ({
    protocol: "TCP",
    port,
  });
  const proxies = proxiesOf(exposure);
  const rules = {
    ingress: [
      {
        ports: listenPorts(exposure).map((port) => tcp(ports[port])),
        ...(proxies !== undefined && { from: proxies.from }),
      },
      { from: [{ namespaceSelector: {} }], ports: [tcp(ports.metrics)] },
      ...(ui === undefined ? [] : [uiRules.ingress]),
    ],
    egress: [
      apiServerEgress,
      ...store.network,
      ...(ui === undefined ? [] : uiRules.egress),
      // By port alone: network policies know addresses, and a database's may change.
      ...(database.kind === "postgres" ? [{ ports: [tcp(database.port)] }] : []),
    ],
  };
  allow(name, { namespace, policy: "gateway", pods: { matchLabels: labels }, rules }, opts);
}
