import type { RuleCases } from "../declare.ts";
import { encryptionCases } from "./encryption.ts";
import { iamCases } from "./iam.ts";
import { networkCases } from "./network.ts";
import { protectionCases } from "./protection.ts";
import { publicAccessCases } from "./public-access.ts";
import { tagsCases } from "./tags.ts";
import { tlsOnlyCases } from "./tls-only.ts";

export const allCases: readonly RuleCases[] = [
  ...publicAccessCases,
  ...encryptionCases,
  tlsOnlyCases,
  ...iamCases,
  ...networkCases,
  tagsCases,
  ...protectionCases,
];
