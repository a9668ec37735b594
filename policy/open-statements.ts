/**
 * The statements that may be for every resource, since IAM knows no narrower one for what they allow: Sid -> all that it
 * may be. Which resources an action knows is on its service's page of
 * https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
export const openStatements: Readonly<Record<string, readonly string[]>> = {
  // Session Manager's channels are no resources to IAM, and the VM that sends the heartbeat is made after its role.
  sessionManager: [
    "ssm:UpdateInstanceInformation",
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
  ],
  // A list of zones is no resource to IAM. It shows their names, nothing of what is in them.
  findZone: ["route53:ListHostedZones"],
};
