import { dockerProblem } from "../../images/engine.ts";
import { bareCluster } from "./bare.ts";
import type { Cluster } from "./cluster.ts";
import { existingCluster, type Before, type ExistingCluster } from "./existing.ts";
import { kindCluster } from "./kind.ts";

export type ClusterKind = "existing" | "kind" | "bare";

export interface Choice {
  readonly kind: ClusterKind;
  readonly cluster: Cluster;
  /** Why not one of those that come first. */
  readonly reasons: readonly string[];
}

export interface Wish {
  /** The cluster that was asked for. */
  readonly existing: ExistingCluster | undefined;
  /** Where an earlier run has begun, and how far it came. */
  readonly before: (Before & { readonly cluster: ClusterKind }) | undefined;
  /** For what the cluster keeps. */
  readonly folder: string;
  /** For programs, kept for the next time. */
  readonly tools: string;
  /** Of 127.0.0.1, at which the platform shall answer. */
  readonly ports: readonly number[];
}

/** What there is, asked when it matters; a test gives its own. */
export interface Machine {
  readonly docker: () => Promise<string | undefined>;
  readonly platform: string;
  readonly root: boolean;
}

export const thisMachine: Machine = {
  docker: () => dockerProblem({}),
  platform: process.platform,
  root: process.getuid?.() === 0,
};

/** The first that can be: the one that was asked for, kind, a bare node. @throws an Error that says why none can. */
export async function chooseCluster(wish: Wish, machine: Machine = thisMachine): Promise<Choice> {
  if (wish.existing !== undefined) {
    const cluster = existingCluster({ ...wish.existing, ...wish });
    return { kind: "existing", cluster, reasons: [] };
  }
  const kind = (reasons: readonly string[]): Choice => ({
    kind: "kind",
    cluster: kindCluster(wish),
    reasons,
  });
  const bare = (reasons: readonly string[]): Choice => ({ kind: "bare", cluster: bareCluster(), reasons });
  if (wish.before?.cluster === "kind") return kind([]);
  if (wish.before?.cluster === "bare") return bare([]);
  const noDocker = await machine.docker();
  if (noDocker === undefined) return kind([]);
  const reasons = [`kind: ${noDocker}`];
  if (machine.platform === "linux" && machine.root) return bare(reasons);
  const why = machine.platform === "linux" ? "this user is not root" : "this is not Linux";
  throw new Error(
    [
      "there is no cluster for the demo:",
      ...[...reasons, `a node of its own: ${why}`].map((line) => `  - ${line}`),
      `start Docker${machine.platform === "linux" ? ", or run it as root" : ""}, or name a cluster: npm run demo -- --help`,
    ].join("\n"),
  );
}
