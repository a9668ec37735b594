import * as aws from "@pulumi/aws";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { clusterProvider, type ClusterAddress } from "./cluster-provider.ts";
import { clusterDns } from "./cluster-dns.ts";
import type { Cluster, PodIdentity } from "./cluster.ts";
import { eksAccess } from "./eks-access.ts";
import { eksPodIdentity } from "./eks-pod-identity.ts";
import { clusterRole, nodeRole } from "./eks-roles.ts";
import type { EksVersion } from "./eks-versions.ts";
import { jobNodes } from "./job-nodes.ts";
import { eksKubeconfig } from "./kubeconfig.ts";
import { dnsAddress, serviceCidr } from "./network-plan.ts";
import type { Region } from "./regions.ts";

export interface EksClusterArgs {
  /** Its name in the account's region: letters, digits and dashes, 100 at most. Another name is another cluster. */
  readonly clusterName: string;
  readonly version: EksVersion;
  readonly region: Region;
  readonly network: ClusterNetwork;
  /**
   * ARNs of the IAM roles and users that administer the cluster, each once. Whoever runs `pulumi up` must be among
   * them: as the role (`arn:aws:iam::111122223333:role/deploy`), not as a session of it (`arn:aws:sts::…`).
   */
  readonly admins: readonly string[];
  /** ARNs of the IAM roles and users that see all of the cluster and change nothing, each once. */
  readonly viewers: readonly string[];
  /** IPv4 ranges that reach the API server from the internet. None: it has no address there, and `up` runs in the VPC. */
  readonly publicAccessCidrs: readonly string[];
  /** Days that the control plane's logs are kept, as CloudWatch takes them: 1, 3, 5, 7, 14, 30 … */
  readonly logRetentionDays: number;
  /** Whether Pulumi and EKS refuse to delete the cluster, and Pulumi the key of its secrets. */
  readonly protect: boolean;
}

/** What of a network EKS itself uses. */
export interface ClusterNetwork {
  /** Of three zones, 16 addresses each at least. */
  readonly controlPlaneSubnetIds: readonly pulumi.Input<string>[];
  /** What nodes need to reach the internet, hence what must outlive the cluster and all that is in it. */
  readonly ready: readonly pulumi.Resource[];
}

/** All there are: https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html */
const logTypes = ["api", "audit", "authenticator", "controllerManager", "scheduler"];

/**
 * A Kubernetes cluster on EKS in Auto Mode: AWS manages nodes, volumes, load balancers and the identity of pods.
 * It has no nodes by itself; `NodePools` says which there are.
 *
 *     const cluster = new EksCluster("cluster", { clusterName: "spark", version: "1.36", network, ...settings });
 *     const nodes = new NodePools("nodes", { cluster, network, pools, trusted: [] }, { provider: cluster.provider });
 *     new k8s.core.v1.Namespace("team", {}, { provider: nodes.provider });
 */
export class EksCluster extends pulumi.ComponentResource implements Cluster {
  readonly name: pulumi.Output<string>;
  /** For what the nodes are made of; what runs on them has the provider of `NodePools`. */
  readonly provider: k8s.Provider;
  readonly address: ClusterAddress;
  /**
   * In Auto Mode CoreDNS is a service of each node, without pods to select, that answers at the service address which
   * pods have in resolv.conf. Policies see that address: https://github.com/aws/containers-roadmap/issues/2552
   */
  readonly dns = clusterDns([`${dnsAddress}/32`]);
  readonly podIdentity: PodIdentity;
  readonly jobPlacement = jobNodes;
  /** Name of the role that nodes have, which the cluster lets in. */
  readonly nodeRoleName: pulumi.Output<string>;
  /** EKS's own: its members reach the control plane and each other. */
  readonly securityGroupId: pulumi.Output<string>;

  constructor(name: string, args: EksClusterArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:cluster:EksCluster", name, {}, opts);
    const child = { parent: this };
    const { role, policies } = clusterRole(`${name}-role`, child);
    const nodes = nodeRole(`${name}-node-role`, child);
    const key = secretsKey(`${name}-key`, args, child);
    const logs = new aws.cloudwatch.LogGroup(
      `${name}-logs`,
      // EKS writes there, and would make it itself, with no end to what it keeps.
      { name: `/aws/eks/${args.clusterName}/cluster`, retentionInDays: args.logRetentionDays },
      child,
    );
    const cluster = eksCluster(name, args, role.arn, key.arn, {
      ...child,
      protect: args.protect,
      dependsOn: [logs, ...policies, ...args.network.ready],
    });
    const access = eksAccess(
      name,
      cluster.name,
      { admins: args.admins, viewers: args.viewers, nodeRoleArn: nodes.role.arn },
      child,
    );

    this.name = cluster.name;
    // The endpoint is of this one cluster; a new cluster of the same name has another.
    this.address = { kubeconfig: kubeconfigOf(cluster, args.region), clusterIdentifier: cluster.endpoint };
    this.provider = clusterProvider(
      `${name}-provider`,
      this.address,
      // Who has no entry is refused, and pods need nodes: both come before, and go after, whatever is in the cluster.
      { ...child, dependsOn: [...access, ...nodes.policies] },
    );
    this.podIdentity = eksPodIdentity(cluster);
    this.nodeRoleName = nodes.role.name;
    this.securityGroupId = cluster.vpcConfig.clusterSecurityGroupId;
    this.registerOutputs({ name: this.name, provider: this.provider });
  }
}

/** Without it secrets would be encrypted by a key of AWS's own, which nobody here can withdraw or watch. */
function secretsKey(
  name: string,
  { clusterName, protect }: EksClusterArgs,
  opts: pulumi.CustomResourceOptions,
): aws.kms.Key {
  // Key policy: the account's own identities as far as IAM lets them, which is the default. Who makes the cluster needs
  // kms:CreateGrant and kms:DescribeKey, EKS gets the rest by a grant.
  return new aws.kms.Key(
    name,
    { description: `Secrets of the EKS cluster ${clusterName}`, enableKeyRotation: true },
    { ...opts, protect },
  );
}

function eksCluster(
  name: string,
  args: EksClusterArgs,
  roleArn: pulumi.Input<string>,
  keyArn: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): aws.eks.Cluster {
  const isPublic = args.publicAccessCidrs.length > 0;
  return new aws.eks.Cluster(
    name,
    {
      name: args.clusterName,
      version: args.version,
      roleArn,
      vpcConfig: {
        subnetIds: [...args.network.controlPlaneSubnetIds],
        endpointPrivateAccess: true,
        endpointPublicAccess: isPublic,
        ...(isPublic && { publicAccessCidrs: [...args.publicAccessCidrs] }),
      },
      accessConfig: { authenticationMode: "API", bootstrapClusterCreatorAdminPermissions: false },
      // Auto Mode: these four only go together. Neither pools of EKS's own nor a role for them: such pools know no
      // authority but the public ones, cannot be changed, and are on demand only.
      // https://docs.aws.amazon.com/eks/latest/userguide/create-node-pool.html, "Cluster without built-in node pools"
      bootstrapSelfManagedAddons: false,
      computeConfig: { enabled: true },
      storageConfig: { blockStorage: { enabled: true } },
      kubernetesNetworkConfig: {
        elasticLoadBalancing: { enabled: true },
        ipFamily: "ipv4",
        serviceIpv4Cidr: serviceCidr,
      },
      encryptionConfig: { provider: { keyArn }, resources: ["secrets"] },
      enabledClusterLogTypes: logTypes,
      // A version past its standard support costs extra. With this EKS upgrades the cluster instead.
      upgradePolicy: { supportType: "STANDARD" },
      deletionProtection: args.protect,
    },
    opts,
  );
}

function kubeconfigOf(cluster: aws.eks.Cluster, region: Region): pulumi.Output<string> {
  return pulumi
    .all([cluster.name, cluster.endpoint, cluster.certificateAuthority])
    .apply(([name, endpoint, { data }]) =>
      eksKubeconfig({ name, region, endpoint, certificateAuthority: data }),
    );
}
