import { listAt, numberAt, textAt, type Fields } from "./json.ts";
import type { Kube } from "./kube.ts";

/** Why pods do not run, in words: what their containers wait for or ended with, and the end of their logs. */
export async function podProblems(kube: Kube, namespace: string, labelSelector: string): Promise<string> {
  const pods = await kube.list("v1", "Pod", { namespace, labelSelector });
  if (pods.length === 0) return eventsOf(kube, namespace, "");
  const problems = await Promise.all(pods.map((pod) => problemsOf(kube, namespace, pod)));
  return problems.flat().join("; ");
}

async function problemsOf(kube: Kube, namespace: string, pod: Fields): Promise<readonly string[]> {
  const name = textAt(pod, "metadata", "name") ?? "";
  const found: string[] = [];
  const statuses = [
    ...listAt(pod, "status", "initContainerStatuses"),
    ...listAt(pod, "status", "containerStatuses"),
  ];
  for (const status of statuses) {
    const container = textAt(status, "name") ?? "";
    const waiting = textAt(status, "state", "waiting", "reason");
    if (waiting !== undefined) {
      found.push(`pod ${name}: ${waiting} ${textAt(status, "state", "waiting", "message") ?? ""}`.trim());
    }
    for (const state of ["state", "lastState"]) {
      const code = numberAt(status, state, "terminated", "exitCode") ?? 0;
      if (code === 0) continue;
      const said =
        textAt(status, state, "terminated", "message") ?? (await logTail(kube, namespace, name, container));
      found.push(`pod ${name}: container ${container} ended with ${code}: ${said.trim()}`);
      break;
    }
  }
  for (const each of listAt(pod, "status", "conditions")) {
    if (textAt(each, "status") !== "False" || textAt(each, "type") !== "PodScheduled") continue;
    found.push(`pod ${name}: ${textAt(each, "message") ?? ""}`);
  }
  return found.length > 0 ? found : [await eventsOf(kube, namespace, name)].filter((text) => text !== "");
}

/** The last lines of a container's log, or why there is none. */
async function logTail(kube: Kube, namespace: string, pod: string, container?: string): Promise<string> {
  const path = await kube.pathOf({ apiVersion: "v1", kind: "Pod", namespace, name: pod });
  try {
    return String(await kube.request("GET", `${path}/log`, { query: { container, tailLines: "20" } }));
  } catch (error) {
    return `(no log: ${error instanceof Error ? error.message : String(error)})`;
  }
}

async function eventsOf(kube: Kube, namespace: string, object: string): Promise<string> {
  const fieldSelector = object === "" ? "type=Warning" : `type=Warning,involvedObject.name=${object}`;
  const events = await kube.list("v1", "Event", { namespace, fieldSelector });
  return events
    .slice(-3)
    .map((event) => `${textAt(event, "reason") ?? ""}: ${textAt(event, "message") ?? ""}`)
    .join("; ");
}
