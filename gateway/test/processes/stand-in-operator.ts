import { setTimeout as sleep } from "node:timers/promises";

import { recordAt, textAt, type Fields } from "../../../local/kube/json.ts";
import { annotations } from "../../src/jobs/application.ts";
import type { FakeCluster } from "../support/fake-cluster.ts";
import type { Change } from "../support/fake-objects.ts";
import { sparkSpec } from "../support/kube-objects.ts";
import type { Scope } from "../support/scope.ts";

/** Between the steps of an application: long enough to be seen. */
const stepMs = 100;

/** What a program that fails writes last. */
const lastWords = [
  "Traceback (most recent call last):",
  "FileNotFoundError: [Errno 2] No such file or directory: 'missing.csv'",
];

/** What takes applications through their states. */
export interface StandInOperator {
  /** Adds lines to the log of a driver that runs. */
  say(id: string, lines: readonly string[]): void;
  /** Ends one that was held. */
  finish(id: string): void;
}

/**
 * Stands for the Spark Operator, and for Spark: each application gets a driver and an executor, with logs, and ends. The
 * job's name says how: `fail…` with a failure, `hold…` only when it is told to, and any other one by itself.
 */
export function standInOperator(scope: Scope, fake: FakeCluster, namespace: string): StandInOperator {
  const stop = new AbortController();
  const pause = (): Promise<void> => sleep(stepMs, undefined, { signal: stop.signal });
  const operator = new Running(fake, namespace);
  /** Those that were told to end, maybe before they run. */
  const released = new Set<string>();
  const run = async (id: string, name: string): Promise<void> => {
    await pause();
    operator.take(id);
    await pause();
    operator.start(id);
    await pause();
    while (name.startsWith("hold") && !released.has(id)) await pause();
    operator.end(id, name.startsWith("fail") ? 1 : 0);
  };
  const follow = ({ type, plural, object }: Change): void => {
    if (type !== "ADDED" || plural !== "sparkapplications") return;
    const name = textAt(object, "metadata", "annotations", annotations.name) ?? "";
    run(textAt(object, "metadata", "name") ?? "", name).catch((error: unknown) => {
      if (!stop.signal.aborted) throw error;
    });
  };
  const unfollow = fake.objects.follow(fake.objects.version, follow);
  scope.after(() => {
    unfollow?.();
    stop.abort();
  });
  return {
    say: (id, lines) => {
      operator.say(id, lines);
    },
    finish: (id) => {
      released.add(id);
    },
  };
}

class Running {
  readonly #fake: FakeCluster;
  readonly #namespace: string;

  constructor(fake: FakeCluster, namespace: string) {
    this.#fake = fake;
    this.#namespace = namespace;
  }

  take(id: string): void {
    this.#setStatus(id, "SUBMITTED", {
      executionAttempts: 1,
      submissionID: `submission-${id}`,
      driverInfo: { podName: `${id}-driver` },
    });
  }

  start(id: string): void {
    if (this.#application(id) === undefined) return;
    this.#putPod(id, "driver", { running: { startedAt: now() } });
    this.#putPod(id, "executor", { running: { startedAt: now() } });
    this.say(id, ["the driver starts", "hello 1", "hello 2", "hello 3"]);
    this.#log(id, "executor").lines.push(`${now()} the executor starts`);
    this.#putEvent(id, "Scheduled", `Successfully assigned ${this.#namespace}/${id}-driver to node-1`);
    this.#setStatus(id, "RUNNING", { sparkApplicationId: `spark-${id}` });
  }

  say(id: string, lines: readonly string[]): void {
    this.#log(id, "driver").lines.push(...lines.map((line) => `${now()} ${line}`));
  }

  /** Its log ends first, as the container does. */
  end(id: string, exitCode: number): void {
    if (this.#application(id) === undefined) return;
    const hasFailed = exitCode !== 0;
    this.say(id, hasFailed ? lastWords : ["the driver ends"]);
    const message = hasFailed ? lastWords.join("\n") : "";
    for (const role of ["driver", "executor"] as const) {
      this.#log(id, role).ended = true;
      const code = role === "driver" ? exitCode : 0;
      this.#putPod(id, role, {
        terminated: { exitCode: code, reason: code === 0 ? "Completed" : "Error", message },
      });
    }
    const errorMessage = hasFailed ? `driver container failed with ExitCode: ${exitCode}` : "";
    const state = hasFailed ? "FAILED" : "COMPLETED";
    const applicationState = { state, errorMessage };
    this.#setStatus(id, state, { applicationState, terminationTime: now() });
  }

  #application(id: string): Fields | undefined {
    return this.#fake.objects.get("sparkapplications", this.#namespace, id);
  }

  /** One that was cancelled is gone, and has no status any more. */
  #setStatus(id: string, state: string, more: Fields): void {
    if (this.#application(id) === undefined) return;
    const status = { applicationState: { state }, ...more };
    this.#fake.objects.setStatus("sparkapplications", this.#namespace, id, status);
  }

  #putPod(id: string, role: "driver" | "executor", state: Fields): void {
    const owner = {
      kind: "SparkApplication",
      name: id,
      uid: textAt(this.#application(id), "metadata", "uid"),
    };
    this.#fake.objects.put("pods", {
      metadata: {
        namespace: this.#namespace,
        name: podName(id, role),
        ownerReferences: [owner],
        labels: {
          "sparkoperator.k8s.io/launched-by-spark-operator": "true",
          "sparkoperator.k8s.io/app-name": id,
          "sparkoperator.k8s.io/submission-id": `submission-${id}`,
          "spark-role": role,
        },
      },
      spec: sparkSpec(`spark-${id}`, role === "driver" ? role : 1),
      status: {
        phase: "running" in state ? "Running" : "Succeeded",
        conditions: [{ type: "PodScheduled", status: "True", lastTransitionTime: now() }],
        containerStatuses: [{ name: containerOf(role), state }],
      },
    });
  }

  #putEvent(id: string, reason: string, message: string): void {
    const pod = this.#fake.objects.get("pods", this.#namespace, podName(id, "driver"));
    const { name, uid } = recordAt(pod, "metadata");
    this.#fake.objects.put("events", {
      metadata: { namespace: this.#namespace, name: `${id}-driver.${reason.toLowerCase()}` },
      involvedObject: { kind: "Pod", name, uid },
      type: "Normal",
      reason,
      message,
      count: 1,
      lastTimestamp: now(),
      source: { component: "default-scheduler" },
    });
  }

  #log(id: string, role: "driver" | "executor"): { lines: string[]; ended: boolean } {
    const key = `${this.#namespace}/${podName(id, role)}/${containerOf(role)}`;
    const log = this.#fake.logs.get(key) ?? { lines: [], ended: false };
    this.#fake.logs.set(key, log);
    return log;
  }
}

function podName(id: string, role: "driver" | "executor"): string {
  return role === "driver" ? `${id}-driver` : `${id}-exec-1`;
}

function containerOf(role: "driver" | "executor"): string {
  return `spark-kubernetes-${role}`;
}

function now(): string {
  return new Date().toISOString();
}
