/** The command line of `npm run demo`. Pure. */
import { resolve } from "node:path";
import { parseArgs } from "node:util";

import { messageOf, UsageError } from "../../images/errors.ts";
import { registryProblem } from "../../images/recipe.ts";
import type { ExistingCluster } from "../cluster/existing.ts";

export interface DemoOptions {
  readonly action: "up" | "down" | "help";
  /** The cluster that was asked for, if any. */
  readonly existing: ExistingCluster | undefined;
}

export const helpText = `Brings the whole platform up on this machine, and runs a job on it.

  npm run demo -- [OPTION…]

The cluster is the first of these: the one of --kubeconfig; kind, where Docker runs; on Linux as root, a single node made
from package registries. What it will do is printed before it does it, and nothing is asked. It can be run again at any
time, and goes on where it was stopped.

  --down               remove all that it made
  --kubeconfig FILE    take the cluster of this kubeconfig, which must have no platform yet
  --context NAME       its context, instead of the current one
  --registry REGISTRY  HOST[:PORT][/PATH] that this machine pushes to and that cluster pulls from; needed with it
  --node-path FOLDER   folder for volumes, where that cluster has no default storage class and its one
                       node is this machine
  --chart FOLDER       the Spark Operator's chart, where its own repository cannot be reached
  --help`;

/** @throws UsageError that says all that is wrong, and what would be right. */
export function parseDemoArgs(argv: readonly string[]): DemoOptions {
  const values = parse(argv);
  const { kubeconfig, registry, context, chart } = values;
  const absolute = (path: string | undefined): string | undefined =>
    path === undefined ? path : resolve(path);
  const more = { context, chart: absolute(chart), nodePath: absolute(values["node-path"]) };
  const given = Object.values({ ...more, registry }).some((value) => value !== undefined);
  const problems = [
    ...(values.down === true && (given || kubeconfig !== undefined)
      ? ["--down knows where the demo is, and takes no other option"]
      : []),
    ...(kubeconfig === undefined && given
      ? [
          "--context, --registry, --node-path and --chart are of the cluster that --kubeconfig names: give that too",
        ]
      : []),
    ...(kubeconfig !== undefined && registry === undefined && values.down !== true
      ? ["--kubeconfig needs --registry HOST[:PORT][/PATH], which that cluster pulls from"]
      : []),
    ...(registry === undefined ? [] : [registryProblem(registry)].flatMap((each) => each ?? [])),
  ];
  if (values.help === true) return { action: "help", existing: undefined };
  if (problems.length > 0) throw new UsageError(problems.join("; "));
  return {
    action: values.down === true ? "down" : "up",
    existing:
      kubeconfig === undefined || registry === undefined
        ? undefined
        : { kubeconfig: resolve(kubeconfig), registry, ...more },
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      options: {
        help: { type: "boolean", short: "h" },
        down: { type: "boolean" },
        kubeconfig: { type: "string" },
        context: { type: "string" },
        registry: { type: "string" },
        "node-path": { type: "string" },
        chart: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}
