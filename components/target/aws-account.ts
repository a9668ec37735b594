import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { Region } from "../cluster/regions.ts";

export interface AwsAccountArgs {
  readonly region: Region;
  /** Whether what holds state is kept from being deleted; where it is not, a tag says so. */
  readonly protect: boolean;
  /** Tags of everything, beside the stack's own. */
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * The account and region that everything in AWS is made in. It makes nothing: who is let in is the environment's matter
 * (`AWS_PROFILE`, a role of the pipeline), where and under which tags is the stack's.
 *
 *     const account = new AwsAccount("account", { region: "eu-central-1", protect: true, tags: {} });
 */
export class AwsAccount extends pulumi.ComponentResource {
  readonly provider: aws.Provider;

  constructor(name: string, args: AwsAccountArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:target:AwsAccount", name, {}, opts);
    this.provider = new aws.Provider(
      `${name}-provider`,
      { region: args.region, defaultTags: { tags: stackTags(args) } },
      { parent: this },
    );
    this.registerOutputs({});
  }
}

/** What tells whose a resource is. Its policies read `protection` (policy/rules/protection.ts). */
function stackTags({ tags, protect }: AwsAccountArgs): Record<string, string> {
  return {
    ...tags,
    project: pulumi.getProject(),
    stack: pulumi.getStack(),
    "managed-by": "pulumi",
    ...(!protect && { protection: "none" }),
  };
}
