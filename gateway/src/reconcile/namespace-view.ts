import type { Sighting } from "../kubernetes/cluster.ts";
import type { ObservedApplication, ObservedEvent, ObservedPod } from "../kubernetes/objects.ts";
import type { Scene } from "./causes/cause.ts";
import { ObjectsSeen } from "./objects-seen.ts";

/** Labels that the operator and Spark give to pods. https://github.com/kubeflow/spark-operator/blob/v2.5.2/pkg/common/spark.go */
export const podSelector = "sparkoperator.k8s.io/launched-by-spark-operator=true";
export const applicationLabel = "sparkoperator.k8s.io/app-name";
const roleLabel = "spark-role";

/** What is there of a namespace's applications, as its watches tell. Of nothing else: it can be thrown away and made anew at any time. */
export class NamespaceView {
  readonly namespace: string;
  readonly #applications = new ObjectsSeen<ObservedApplication>(({ metadata }) => metadata.name);
  readonly #pods = new ObjectsSeen<ObservedPod>(({ metadata }) => metadata.labels[applicationLabel]);
  readonly #events = new ObjectsSeen<ObservedEvent>(({ involvedObject: { kind, name } }) =>
    kind === "SparkApplication" || kind === "Pod" ? `${kind}/${name ?? ""}` : undefined,
  );
  /** Of a pod's name, its application's; also once the pod is gone, since events about it come later still. */
  readonly #ownerOfPod = new Map<string, string>();
  /** Applications as they were last, of those that went since they were settled. */
  readonly #gone = new Map<string, ObservedApplication>();

  constructor(namespace: string) {
    this.namespace = namespace;
  }

  /** Whether it knows all there is. Before that, nothing may be concluded from what it lacks. */
  get isComplete(): boolean {
    return this.#applications.isListed && this.#pods.isListed && this.#events.isListed;
  }

  applicationNames(): readonly string[] {
    return this.#applications.groups();
  }

  application(name: string): ObservedApplication | undefined {
    return this.#applications.of(name)[0];
  }

  /** How an application was that went; told once. */
  takeGone(name: string): ObservedApplication | undefined {
    const gone = this.#gone.get(name);
    this.#gone.delete(name);
    return gone;
  }

  /** All of an application. */
  sceneOf(application: ObservedApplication): Scene {
    const { name } = application.metadata;
    const pods = this.#pods.of(name);
    const { driverInfo, executorState } = application.status ?? { driverInfo: {}, executorState: {} };
    // Pods that are gone have left events.
    const podNames = new Set([
      ...pods.map(({ metadata }) => metadata.name),
      ...(driverInfo.podName === undefined ? [] : [driverInfo.podName]),
      ...Object.keys(executorState),
    ]);
    const events = [...podNames].flatMap((pod) => this.#events.of(`Pod/${pod}`));
    return sceneWith(application, pods, [...this.#events.of(`SparkApplication/${name}`), ...events]);
  }

  takeApplications(sighting: Sighting<ObservedApplication>): readonly string[] {
    if (sighting.type === "gone") this.#gone.set(sighting.object.metadata.name, sighting.object);
    const names = this.#applications.take(sighting);
    for (const [pod, owner] of this.#ownerOfPod) {
      if (sighting.type !== "changed" && !this.#has(owner)) this.#ownerOfPod.delete(pod);
    }
    return names;
  }

  takePods(sighting: Sighting<ObservedPod>): readonly string[] {
    const names = this.#pods.take(sighting).filter((name) => this.#has(name));
    for (const name of names) {
      for (const { metadata } of this.#pods.of(name)) this.#ownerOfPod.set(metadata.name, name);
    }
    return names;
  }

  takeEvents(sighting: Sighting<ObservedEvent>): readonly string[] {
    const about = this.#events.take(sighting).map((group) => {
      const [kind, name = ""] = group.split("/");
      return kind === "Pod" ? (this.#ownerOfPod.get(name) ?? "") : name;
    });
    return [...new Set(about)].filter((name) => this.#has(name));
  }

  #has(name: string): boolean {
    return this.application(name) !== undefined;
  }
}

/** A scene of an application with pods of it, of which the newest driver counts. */
export function sceneWith(
  application: ObservedApplication,
  pods: readonly ObservedPod[],
  events: readonly ObservedEvent[],
): Scene {
  return { application, driver: newestDriver(pods), executors: pods.filter((pod) => !isDriver(pod)), events };
}

export function newestDriver(pods: readonly ObservedPod[]): ObservedPod | undefined {
  return pods
    .filter(isDriver)
    .toSorted((one, other) => one.metadata.creationTimestamp.localeCompare(other.metadata.creationTimestamp))
    .at(-1);
}

export function isDriver({ metadata }: ObservedPod): boolean {
  return metadata.labels[roleLabel] === "driver";
}
