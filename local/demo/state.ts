import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";

import type { ClusterKind } from "../cluster/choose.ts";
import { isExistingCluster, type ExistingCluster } from "../cluster/existing.ts";
import { isRecord, numberAt, parseJson, textAt } from "../kube/json.ts";
import { places } from "./places.ts";

/** What a later run must know of this one. Written before there is anything to know it for. */
export interface DemoState {
  readonly cluster: ClusterKind;
  /** Which one, of kind `existing`. */
  readonly existing?: ExistingCluster | undefined;
  /** Number of the first admin's token: a token is good for one use, and a new number is a new token. */
  readonly registerToken: number;
  /** Whether the platform has been up once. */
  readonly deployed: boolean;
}

/** Undefined: nothing has begun. @throws where the file is not one of ours. */
export function readState(): DemoState | undefined {
  let text: string;
  try {
    text = readFileSync(places.state, "utf8");
  } catch {
    return undefined;
  }
  const saved = parseJson(text);
  const cluster = (["existing", "kind", "bare"] as const).find((kind) => kind === textAt(saved, "cluster"));
  const existing = isRecord(saved) ? saved["existing"] : undefined;
  if (!isRecord(saved) || cluster === undefined || (cluster === "existing" && !isExistingCluster(existing)))
    throw new Error(
      `${places.state} is not what the demo wrote: npm run demo -- --down cannot read it either`,
    );
  return {
    cluster,
    existing: isExistingCluster(existing) ? existing : undefined,
    registerToken: numberAt(saved, "registerToken") ?? 1,
    deployed: saved["deployed"] === true,
  };
}

export function writeState(state: DemoState): void {
  mkdirSync(places.folder, { recursive: true, mode: 0o700 });
  const fresh = `${places.state}.new`;
  writeFileSync(fresh, JSON.stringify(state), { mode: 0o600 });
  renameSync(fresh, places.state);
}

/** All that is known of a demo, and what it has said. */
export function forget(): void {
  rmSync(places.folder, { recursive: true, force: true });
}
