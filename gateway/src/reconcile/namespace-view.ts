import { executorsOf } from "../jobs/application-pods.ts";
import type { Sighting } from "../kubernetes/cluster.ts";
import type { ObservedApplication, ObservedEvent, ObservedPod } from "../kubernetes/objects.ts";
import type { Scene } from "./causes/cause.ts";
import { ObjectsSeen } from "./objects-seen.ts";

/** The label that the operator gives to all pods. https://github.com/kubeflow/spark-operator/blob/v2.5.2/pkg/common/spark.go */
export const podSelector = "sparkoperator.k8s.io/launched-by-spark-operator=true";

/** What is there of a namespace's applications, as its watches tell. Of nothing else: it can be thrown away and made anew at any time. */
export class NamespaceView {
  readonly namespace: string;
  readonly #applications = new ObjectsSeen<ObservedApplication>(({ metadata }) => metadata.name);
  readonly #pods = new ObjectsSeen<ObservedPod>(groupOf);
  readonly #events = new ObjectsSeen<ObservedEvent>(({ involvedObject: { kind, name } }) =>
    kind === "SparkApplication" || kind === "Pod" ? `${kind}/${name ?? ""}` : undefined,
  );
  /** Of a group of pods, its application's name. */
  readonly #ownerOfGroup = new Map<string, string>();
  /** Of a pod's name, its application's; also once the pod is gone, since events about it come later still. */
  readonly #ownerOfPod = new Map<string, string>();
  /** The other way round. */
  readonly #podsOf = new Map<string, Set<string>>();
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

  driver({ status }: ObservedApplication): ObservedPod | undefined {
    const name = status?.driverInfo.podName;
    return name === undefined ? undefined : this.#pods.of(driverGroup(name))[0];
  }

  /** All of an application. `sparkId`: that of its last run, which is known to be its own. */
  sceneOf(application: ObservedApplication, sparkId: string | null): Scene {
    const { name } = application.metadata;
    const driver = this.driver(application);
    const executors = sparkId === null ? [] : this.#pods.of(executorGroup(sparkId));
    if (sparkId !== null) this.#ownerOfGroup.set(executorGroup(sparkId), name);
    for (const { metadata } of executors) this.#own(metadata.name, name);
    // Pods that are gone have left events.
    const pods = [...(this.#podsOf.get(name) ?? [])].flatMap((pod) => this.#events.of(`Pod/${pod}`));
    const events = [...this.#events.of(`SparkApplication/${name}`), ...pods];
    return { application, driver, executors: executorsOf(sparkId, executors), events };
  }

  takeApplications(sighting: Sighting<ObservedApplication>): readonly string[] {
    if (sighting.type === "gone") this.#gone.set(sighting.object.metadata.name, sighting.object);
    const names = this.#applications.take(sighting);
    for (const name of names) {
      const driver = this.application(name)?.status?.driverInfo.podName;
      if (driver !== undefined) {
        this.#ownerOfGroup.set(driverGroup(driver), name);
        this.#own(driver, name);
      }
      if (!this.#has(name)) this.#forget(name);
    }
    return names;
  }

  takePods(sighting: Sighting<ObservedPod>): readonly string[] {
    const names = this.#pods.take(sighting).map((group) => this.#ownerOfGroup.get(group) ?? "");
    return this.#known(names);
  }

  takeEvents(sighting: Sighting<ObservedEvent>): readonly string[] {
    const about = this.#events.take(sighting).map((group) => {
      const [kind, name = ""] = group.split("/");
      return kind === "Pod" ? (this.#ownerOfPod.get(name) ?? "") : name;
    });
    return this.#known(about);
  }

  #known(names: readonly string[]): readonly string[] {
    return [...new Set(names)].filter((name) => this.#has(name));
  }

  #has(name: string): boolean {
    return this.application(name) !== undefined;
  }

  #own(pod: string, application: string): void {
    this.#ownerOfPod.set(pod, application);
    const pods = this.#podsOf.get(application) ?? new Set();
    this.#podsOf.set(application, pods.add(pod));
  }

  #forget(application: string): void {
    for (const pod of this.#podsOf.get(application) ?? []) this.#ownerOfPod.delete(pod);
    this.#podsOf.delete(application);
    for (const [group, owner] of this.#ownerOfGroup) {
      if (owner === application) this.#ownerOfGroup.delete(group);
    }
  }
}

/** Pods are looked for by what no job can change: a driver by its name, executors by the Spark id they were made for. */
function groupOf({ metadata, spec }: ObservedPod): string {
  return spec.executorId === undefined ? driverGroup(metadata.name) : executorGroup(spec.sparkId ?? "");
}

function driverGroup(pod: string): string {
  return `driver/${pod}`;
}

function executorGroup(sparkId: string): string {
  return `executors/${sparkId}`;
}

/** An application without its pods and events. */
export function alone(application: ObservedApplication): Scene {
  return { application, driver: undefined, executors: [], events: [] };
}

/** A scene with pods as they are now; of those that are not among them, as they were. */
export function withPods(scene: Scene, sparkId: string | null, now: readonly ObservedPod[]): Scene {
  const { application, driver, executors } = scene;
  const known = new Set(now.map(({ metadata }) => metadata.uid));
  const before = [...(driver ? [driver] : []), ...executors].filter(
    ({ metadata }) => !known.has(metadata.uid),
  );
  const pods = [...now, ...before];
  return {
    ...scene,
    driver: pods.find(({ metadata }) => metadata.name === application.status?.driverInfo.podName),
    executors: executorsOf(sparkId, pods),
  };
}
