import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

const debian = { owner: "136693071363", release: "debian-13" };

export interface VmInstanceArgs {
  /** What people see it as. */
  readonly label: string;
  /** EC2's name, such as `t4g.small`. */
  readonly instanceType: string;
  /** Id of a Debian image for its processors. Default: the newest one. */
  readonly image?: string | undefined;
  readonly subnetId: pulumi.Input<string>;
  readonly securityGroupId: pulumi.Input<string>;
  readonly instanceProfile: pulumi.Input<string>;
  /** Runs as root at the first boot. Everybody on the VM can read it: no secret may be in it. */
  readonly userData: pulumi.Input<string>;
}

/**
 * A Debian VM that holds no state, so that it may be replaced at any time, and is when its user data changes: the new
 * one starts before the old one goes. Its volume is encrypted; nobody logs in with a key. EC2 moves it to other
 * hardware by itself when that fails (simplified automatic recovery, the default of such instance types).
 */
export function vmInstance(
  name: string,
  args: VmInstanceArgs,
  opts: pulumi.CustomResourceOptions,
): aws.ec2.Instance {
  return new aws.ec2.Instance(
    name,
    {
      ami: args.image ?? debianImage(architecture(args.instanceType), opts),
      instanceType: args.instanceType,
      subnetId: args.subnetId,
      vpcSecurityGroupIds: [args.securityGroupId],
      // A way out for the first seconds, until the elastic address takes its place.
      associatePublicIpAddress: true,
      iamInstanceProfile: args.instanceProfile,
      metadataOptions: { httpEndpoint: "enabled", httpTokens: "required", httpPutResponseHopLimit: 1 },
      rootBlockDevice: { encrypted: true, volumeType: "gp3", volumeSize: 10 },
      userData: args.userData,
      userDataReplaceOnChange: true,
      tags: { Name: args.label },
    },
    // Debian publishes a new image every few weeks, and the VM upgrades its packages by itself. A VM that is replaced,
    // by new user data or by `pulumi up --replace URN`, takes the newest image.
    { ...opts, ignoreChanges: ["ami"] },
  );
}

/** Debian's name of the processors of an instance type: AWS marks its own (arm64) by a `g` after the generation. */
export function architecture(instanceType: string): "arm64" | "amd64" {
  return /^[a-z]+\d+[a-z]*g[a-z]*\./.test(instanceType) ? "arm64" : "amd64";
}

function debianImage(
  processors: string,
  { parent, provider }: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const filters = [{ name: "name", values: [`${debian.release}-${processors}-*`] }];
  return aws.ec2.getAmiOutput(
    { owners: [debian.owner], filters, mostRecent: true },
    { ...(parent && { parent }), ...(provider && { provider }) },
  ).id;
}
