import { execFile } from "node:child_process";
import { promisify } from "node:util";

import { pinnedChart } from "../../../components/operator/spark-operator.ts";
import type { Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { E2eEnvironment } from "../../e2e/environment.ts";
import { CannotRunError } from "../bench.ts";

const run = promisify(execFile);

/** @throws CannotRunError where helm is not on PATH: the chart as it is can be installed by nothing else. */
export async function needHelm(): Promise<void> {
  await run("helm", ["version", "--short"]).catch((error: unknown) => {
    throw new CannotRunError(`helm does not run: ${error instanceof Error ? error.message : String(error)}`);
  });
}

/** Runs `work` with the operator installed in a namespace, under its name, and takes it away again. */
export async function withOperator<T>(
  { kubeconfig, chart }: E2eEnvironment,
  namespace: string,
  values: Fields,
  work: () => Promise<T>,
): Promise<T> {
  const at = ["--kubeconfig", kubeconfig, "--namespace", namespace, "--wait", "--timeout", "5m"];
  // What is JSON is YAML.
  const installing = run("helm", ["install", namespace, ...chartArguments(chart), ...at, "--values", "-"]);
  installing.child.stdin?.end(JSON.stringify(values));
  try {
    await installing;
    return await work();
  } finally {
    await run("helm", ["uninstall", namespace, ...at]);
  }
}

/** Does what needs the operator until it succeeds once: then the controller leads, and the webhook answers. */
export async function whenReady<T>(work: () => Promise<T>): Promise<T> {
  return until("the operator to take an application", 120_000, async () => {
    try {
      return { done: await work() };
    } catch (error) {
      return { waiting: error instanceof Error ? error.message : String(error) };
    }
  });
}

/** A folder, or the pinned version in its own repository. */
function chartArguments(location: string | undefined): readonly string[] {
  if (location !== undefined) return [location];
  const { name, repository, version } = pinnedChart;
  return [name, "--repo", repository, "--version", version];
}
