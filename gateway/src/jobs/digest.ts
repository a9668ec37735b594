import { createHash } from "node:crypto";

import { isRecord } from "../../../jobs/manifest/record.ts";

/** SHA-256 of a value of JSON, in hexadecimal: the same however its keys are ordered and whatever space is between. */
export function jsonSha256(value: unknown): string {
  return createHash("sha256").update(canonical(value)).digest("hex");
}

function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (!isRecord(value)) return JSON.stringify(value);
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, each]) => `${JSON.stringify(key)}:${canonical(each)}`).join(",")}}`;
}
