import type { Rule } from "../rule.ts";
import {
  bucketEncrypted,
  clusterSecretsEncrypted,
  parametersSecure,
  volumesEncrypted,
} from "./encryption.ts";
import { actionsNamed, noBroadPolicies, principalsNamed, resourcesNamed } from "./iam.ts";
import { instanceMetadataProtected } from "./instance-metadata.ts";
import { ingressLimited } from "./open-ingress.ts";
import { namedAddressProtected, statefulProtected } from "./protection.ts";
import { bucketBlocksPublicAccess, clusterEndpointLimited, noPublicAcl } from "./public-access.ts";
import { tagged } from "./tags.ts";
import { bucketTlsOnly } from "./tls-only.ts";

/** All rules of the policy pack. */
export const rules: readonly Rule[] = [
  bucketBlocksPublicAccess,
  noPublicAcl,
  clusterEndpointLimited,
  bucketEncrypted,
  volumesEncrypted,
  clusterSecretsEncrypted,
  parametersSecure,
  bucketTlsOnly,
  actionsNamed,
  resourcesNamed,
  principalsNamed,
  noBroadPolicies,
  instanceMetadataProtected,
  ingressLimited,
  tagged,
  statefulProtected,
  namedAddressProtected,
];
