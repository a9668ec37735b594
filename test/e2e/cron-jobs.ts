import { condition, listAt, recordAt, textAt } from "../../local/kube/json.ts";
import type { Kube } from "../../local/kube/kube.ts";
import { podProblems } from "../../local/kube/pods.ts";
import { until } from "../../local/kube/wait.ts";

/**
 * Runs what a CronJob runs, now, with these values in place of its environment's own. Returns when it has completed and
 * is gone.
 * @throws where it fails, with what its pod said.
 */
export async function runNow(
  kube: Kube,
  { namespace, name }: { readonly namespace: string; readonly name: string },
  env: Readonly<Record<string, string>>,
): Promise<void> {
  const cronJob = await kube.read({ apiVersion: "batch/v1", kind: "CronJob", namespace, name });
  const spec = recordAt(cronJob, "spec", "jobTemplate", "spec");
  const template = recordAt(spec, "template");
  const containers = listAt(template, "spec", "containers").map((container) => ({
    ...recordAt(container),
    env: listAt(container, "env").map((each) => {
      const value = env[textAt(each, "name") ?? ""];
      return value === undefined ? each : { ...recordAt(each), value };
    }),
  }));
  const job = { apiVersion: "batch/v1", kind: "Job", namespace, name: `${name}-now` };
  await kube.apply(
    {
      apiVersion: job.apiVersion,
      kind: job.kind,
      metadata: { namespace, name: job.name },
      spec: { ...spec, template: { ...template, spec: { ...recordAt(template, "spec"), containers } } },
    },
    { fieldManager: "e2e" },
  );
  await until(`${job.name} to complete`, 180_000, async () => {
    const live = await kube.read(job);
    if (condition(live, "Complete")?.status === "True") return { done: undefined };
    const problems = await podProblems(kube, namespace, `job-name=${job.name}`);
    if (condition(live, "Failed")?.status === "True") throw new Error(`${job.name} failed: ${problems}`);
    return { waiting: problems };
  });
  await kube.remove(job);
  await until(`${job.name} to be gone`, 60_000, async () =>
    (await kube.find(job)) === undefined ? { done: undefined } : { waiting: "it is there" },
  );
}
