import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { pinnedChart } from "../../../components/operator/spark-operator.ts";
import type { Fields } from "../../../local/kube/json.ts";
import type { E2eEnvironment } from "../../e2e/environment.ts";
import { CannotRunError } from "../bench.ts";

const run = promisify(execFile);
const release = "bench-operator";

/** @throws CannotRunError where helm is not on PATH: the chart as it is can be installed by nothing else. */
export async function needHelm(): Promise<void> {
  await run("helm", ["version", "--short"]).catch((error: unknown) => {
    throw new CannotRunError(`helm does not run: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Runs `work` with the operator installed in a namespace and ready, and takes it away again. */
export async function withOperator<T>(
  { kubeconfig, chart }: E2eEnvironment,
  namespace: string,
  values: Fields,
  work: () => Promise<T>,
): Promise<T> {
  const at = ["--kubeconfig", kubeconfig, "--namespace", namespace, "--wait", "--timeout", "5m"];
  // What is JSON is YAML.
  const installing = run("helm", ["install", release, ...chartArguments(chart), ...at, "--values", "-"]);
  installing.child.stdin?.end(JSON.stringify(values));
  try {
    await installing;
    return await work();
  } finally {
    await run("helm", ["uninstall", release, ...at]);
  }
}

/** A folder, or the pinned version in its own repository. */
function chartArguments(location: string | undefined): readonly string[] {
  if (location !== undefined) return [location];
  const { name, repository, version } = pinnedChart;
  return [name, "--repo", repository, "--version", version];
}
