import { policyStatements, type PolicyStatement } from "../../storage/permissions.ts";

/** Condition operator -> key -> values. */
type Conditions = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;

export interface RoleStatement extends Omit<PolicyStatement, "Principal" | "Condition"> {
  readonly Condition?: Conditions;
}

export interface RolePolicy {
  readonly Version: "2012-10-17";
  readonly Statement: readonly RoleStatement[];
}

export interface VmRights {
  /** Name of the bucket that holds the images. */
  readonly bucket: string;
  /** ARN of the path that the VM's parameters are below. */
  readonly parameterPathArn: string;
  /** Where the VM answers DNS-01 challenges. Default: it does not, since its certificate comes to it. */
  readonly challenge?: { readonly zoneId: string; readonly host: string } | undefined;
}

/** What the registry's VM may do, and no more: keep images, read its parameters, answer its challenge, be logged in to. */
export function rolePolicy({ bucket, parameterPathArn, challenge }: VmRights): RolePolicy {
  return {
    Version: "2012-10-17",
    Statement: [
      ...policyStatements(bucket, "registry"),
      // The key that encrypts them is AWS's own for parameters, which asks for no right.
      allow("parameters", ["ssm:GetParametersByPath"], [parameterPathArn, `${parameterPathArn}/*`]),
      sessionManager,
      ...(challenge === undefined ? [] : answerChallenge(challenge.zoneId, challenge.host)),
    ],
  };
}

/** Who gets the role: the VM. */
export const trustPolicy = {
  Version: "2012-10-17",
  Statement: [{ Effect: "Allow", Principal: { Service: "ec2.amazonaws.com" }, Action: "sts:AssumeRole" }],
};

/**
 * What Session Manager needs of a machine. AWS's own AmazonSSMManagedInstanceCore would let it read every parameter of
 * the account. https://docs.aws.amazon.com/systems-manager/latest/userguide/getting-started-create-iam-instance-profile.html
 */
const sessionManager = allow(
  "sessionManager",
  [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  // The channels are no resources to IAM. The heartbeat could be limited to the VM, which is made after its role.
  ["*"],
);

/** The calls of certbot-dns-route53: it looks for the zone, changes the record and waits until the change is done. */
function answerChallenge(zoneId: string, host: string): readonly RoleStatement[] {
  const names = "route53:ChangeResourceRecordSetsNormalizedRecordNames";
  const types = "route53:ChangeResourceRecordSetsRecordTypes";
  return [
    allow("challenge", ["route53:ChangeResourceRecordSets"], [`arn:aws:route53:::hostedzone/${zoneId}`], {
      "ForAllValues:StringEquals": { [names]: [`_acme-challenge.${host}`], [types]: ["TXT"] },
      // "For all values" is also true where there are none.
      Null: { [names]: ["false"], [types]: ["false"] },
    }),
    // A change has an id that nobody knows before.
    allow("challengeDone", ["route53:GetChange"], ["arn:aws:route53:::change/*"]),
    // A list of zones is no resource to IAM. It shows their names, nothing of what is in them.
    allow("findZone", ["route53:ListHostedZones"], ["*"]),
  ];
}

function allow(
  id: string,
  actions: readonly string[],
  resources: readonly string[],
  conditions?: Conditions,
): RoleStatement {
  return {
    Sid: id,
    Effect: "Allow",
    Action: actions,
    Resource: resources,
    ...(conditions !== undefined && { Condition: conditions }),
  };
}
