import { textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { refOf } from "../../../local/kube/kube.ts";
import { applications, fieldManager, type Scene } from "./scene.ts";

/** What the rig and every registry's mirror have; it has a shell and a clock with nanoseconds. */
const image = "docker.io/library/debian:bookworm-slim";
const linesPerSecond = 10;

/** Each line is its number and the nanoseconds since 1970 when it was written. */
const program = `n=0; while :; do n=$((n+1)); echo "$n $(date +%s%N)"; sleep ${1 / linesPerSecond}; done`;

/** Runs a pod that Spark and its operator could have made for this application, and that writes lines. */
export async function runDriver({ kube, namespace }: Scene, id: string): Promise<string> {
  const name = `${id}-driver`;
  const labels = { "sparkoperator.k8s.io/app-name": id, "spark-role": "driver" };
  const container = { name: driverContainer, image, command: ["sh", "-c", program] };
  const spec = { containers: [container], terminationGracePeriodSeconds: 0, restartPolicy: "Never" };
  const pod = { apiVersion: "v1", kind: "Pod", metadata: { name, namespace, labels }, spec };
  await kube.apply(pod, { fieldManager });
  await until(`pod ${name} to run`, 120_000, async () => {
    const phase = textAt(await kube.read(refOf(pod)), "status", "phase") ?? "not there";
    return phase === "Running" ? { done: undefined } : { waiting: phase };
  });
  const path = await kube.pathOf({ ...applications, namespace, name: id });
  const status = {
    sparkApplicationId: `spark-${id}`,
    driverInfo: { podName: name },
    applicationState: { state: "RUNNING" },
  };
  const contentType = "application/merge-patch+json";
  await kube.request("PATCH", `${path}/status`, { body: { status }, contentType });
  return name;
}

export const driverContainer = "spark-kubernetes-driver";
