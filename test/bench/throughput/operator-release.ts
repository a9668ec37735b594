import { execFile } from "node:child_process";
import { promisify } from "node:util";

import type { Fields } from "../../../local/kube/json.ts";
import { CannotRunError } from "../bench.ts";

const run = promisify(execFile);
const release = "bench-throughput";

/** Where the chart is, and the namespace that it is installed in. */
export interface Place {
  readonly kubeconfig: string;
  readonly namespace: string;
  /** As the arguments of helm have it: a folder, or a name and the repository's address. */
  readonly chart: readonly string[];
}

/** @throws CannotRunError where helm is not on PATH: the chart as it is can be installed by nothing else. */
export async function needHelm(): Promise<void> {
  await run("helm", ["version", "--short"]).catch((error: unknown) => {
    throw new CannotRunError(`helm does not run: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Runs `work` with the operator installed and ready, and takes it away again. */
export async function withOperator<T>(
  { kubeconfig, namespace, chart }: Place,
  values: Fields,
  work: () => Promise<T>,
): Promise<T> {
  const at = ["--kubeconfig", kubeconfig, "--namespace", namespace, "--wait", "--timeout", "5m"];
  // What is JSON is YAML.
  const installing = run("helm", ["install", release, ...chart, ...at, "--values", "-"]);
  installing.child.stdin?.end(JSON.stringify(values));
  try {
    await installing;
    return await work();
  } finally {
    await run("helm", ["uninstall", release, ...at]);
  }
}
