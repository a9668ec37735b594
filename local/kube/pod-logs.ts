import { condition, listAt, textAt, type Fields } from "./json.ts";
import { refOf, type Kube } from "./kube.ts";

/** The platform's own namespaces whose name begins so; teams' jobs tell of themselves. */
const platformPrefix = "spark-";
const tailLines = "25";

/**
 * The ends of the logs of the platform's pods, for whoever looks why it did not come up: they go with it. Of those
 * namespaces alone in which a pod is not well.
 */
export async function podLogs(kube: Kube): Promise<readonly string[]> {
  const pods = (await kube.list("v1", "Pod")).map((pod) => ({ pod, ...refOf(pod) }));
  const ours = pods.filter(({ namespace }) => namespace?.startsWith(platformPrefix));
  const unwell = new Set(ours.filter(({ pod }) => !isWell(pod)).map(({ namespace }) => namespace));
  const logs = await Promise.all(
    ours
      .filter(({ namespace }) => unwell.has(namespace))
      .flatMap(({ pod, namespace = "", name }) =>
        listAt(pod, "status", "containerStatuses").map(async (status) => {
          const container = textAt(status, "name") ?? "";
          const path = await kube.pathOf({ apiVersion: "v1", kind: "Pod", namespace, name });
          const log = await logOf(kube, `${path}/log`, container);
          return [`${namespace}/${name} ${container}:`, ...log.map((line) => `  ${line}`)];
        }),
      ),
  );
  return logs.flat();
}

function isWell(pod: Fields): boolean {
  return textAt(pod, "status", "phase") === "Succeeded" || condition(pod, "Ready")?.status === "True";
}

async function logOf(kube: Kube, path: string, container: string): Promise<readonly string[]> {
  try {
    const log = await kube.request("GET", path, { query: { container, tailLines } });
    return (typeof log === "string" ? log : JSON.stringify(log)).trimEnd().split("\n");
  } catch (error) {
    return [error instanceof Error ? error.message : String(error)];
  }
}
