import * as pulumi from "@pulumi/pulumi";

import { sharedCa } from "../certificates/shared-ca.ts";
import { EksCluster, type EksClusterArgs } from "../cluster/eks-cluster.ts";
import { Network, type NetworkArgs } from "../cluster/network.ts";
import { NodePools, type NodePoolsArgs } from "../cluster/node-pools.ts";
import type { Region } from "../cluster/regions.ts";
import { DnsZone, type DnsZoneArgs } from "../ingress/dns-zone.ts";
import { S3Bucket, type S3BucketArgs } from "../storage/s3-bucket.ts";
import { AwsAccount } from "./aws-account.ts";
import { awsGateway, type AwsGatewayConfig } from "./aws-gateway.ts";
import { awsRegistry, trustedAuthorities, type AwsRegistryConfig } from "./aws-registry.ts";
import { awsUi, type AwsUiConfig } from "./aws-ui.ts";
import type { Target } from "./target.ts";

/** An account, and what the platform makes there. */
export interface AwsTargetArgs {
  readonly kind: "aws";
  readonly region: Region;
  /** Whether what holds data, and what cannot be had again, outlives a destroy. */
  readonly protect: boolean;
  /** ARN of the policy that no role and no user with rights of the stack's own may go beyond. Default: none. */
  readonly permissionsBoundary?: string | undefined;
  /** Tags of everything in AWS, beside the stack's own. */
  readonly tags: Readonly<Record<string, string>>;
  readonly domain: Pick<DnsZoneArgs, "name" | "zone">;
  readonly cluster: Pick<
    EksClusterArgs,
    "version" | "admins" | "viewers" | "publicAccessCidrs" | "logRetentionDays"
  >;
  readonly network: Omit<NetworkArgs, "region" | "permissionsBoundary">;
  readonly nodePools: NodePoolsArgs["pools"];
  readonly storage: Pick<S3BucketArgs, "bucket" | "objects" | "eventLogMaxAge" | "keys">;
  readonly registry: AwsRegistryConfig;
  /** Undefined: there are no pages, and no History Server. */
  readonly ui: AwsUiConfig | undefined;
  /** At the load balancer of the pages: not without them. Undefined: there is no API. */
  readonly gateway: AwsGatewayConfig | undefined;
}

/** The platform's ground in an account, from nothing: network, cluster and nodes, bucket, domain, registry. */
export function awsTarget(args: AwsTargetArgs): Target {
  const { region, protect, permissionsBoundary } = args;
  const { provider: amazon } = new AwsAccount("account", args);
  const opts = { providers: [amazon] };
  const authority = sharedCa("ca");
  const network = new Network("network", { ...args.network, region, permissionsBoundary }, opts);
  const cluster = new EksCluster(
    "cluster",
    { ...args.cluster, clusterName: stackName(), network, region, protect },
    opts,
  );
  const nodes = new NodePools(
    "nodes",
    {
      cluster,
      network,
      pools: args.nodePools,
      trusted: trustedAuthorities(args.registry, authority),
      protect,
    },
    { providers: [amazon, cluster.provider] },
  );
  const { podIdentity } = cluster;
  const store = new S3Bucket(
    "store",
    { ...args.storage, region, podIdentity, permissionsBoundary, protect },
    opts,
  );
  const zone = new DnsZone("zone", { ...args.domain, protect }, opts);
  const registry = awsRegistry(
    "registry",
    args.registry,
    { network, zoneId: zone.zoneId, bucket: store.bucket, region, authority, permissionsBoundary, protect },
    opts,
  );
  const providers = [amazon, nodes.provider];
  const otherHosts = args.gateway === undefined ? [] : [args.gateway.host];
  const pages =
    args.ui &&
    awsUi(
      args.ui,
      { otherHosts, publicCidrs: network.publicCidrs, zoneId: zone.zoneId, protect },
      { providers },
    );
  return {
    jobPlacement: cluster.jobPlacement,
    dns: cluster.dns,
    providers,
    store,
    registry,
    authority,
    ui: pages?.ui,
    gateway: args.gateway && pages && awsGateway(args.gateway, { ...pages, storageClass: nodes.volumeClass }),
    aws: {
      clusterName: cluster.name,
      region,
      ...(zone.nameServers !== undefined && { nameServers: zone.nameServers }),
      storageKeys: pulumi.output(store.keys),
    },
  };
}

/** What people know the cluster by. */
function stackName(): string {
  return `${pulumi.getProject()}-${pulumi.getStack()}`;
}
