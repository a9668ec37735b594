import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";

import { openDeployment, type Changes, type Deployment } from "../../local/deployment/deployment.ts";
import { textAt, type Fields } from "../../local/kube/json.ts";
import { forwardService, type Forwarded } from "../../local/kube/forward.ts";
import { Kube } from "../../local/kube/kube.ts";
import { Bucket, keysOf } from "./bucket.ts";
import { e2eEnvironment, type E2eEnvironment } from "./environment.ts";
import { leftovers, removeCrds } from "../../local/kube/leftovers.ts";
import { podLogs } from "../../local/kube/pod-logs.ts";
import { e2eStack, inClusterStorage, type Job } from "./stack.ts";

/** The real program, deployed on the cluster of the test, and the ways to look at what it made. */
export class E2ePlatform {
  readonly kube: Kube;
  /** The stack's outputs, secrets in plain, since the last deploy. */
  outputs: Readonly<Record<string, unknown>> = {};
  readonly #environment: E2eEnvironment;
  readonly #deployment: Deployment;
  readonly #node: string;
  /** Folders of this platform's volumes: another one finds nothing of what this one's jobs wrote. */
  readonly #folders: string[] = [];
  readonly #storage: Fields;
  /** What the engine said since the last deploy began; of interest when it fails. */
  readonly #said: string[];
  readonly #forwarded: Forwarded[] = [];

  private constructor(
    kube: Kube,
    environment: E2eEnvironment,
    deployment: Deployment,
    node: string,
    said: string[],
  ) {
    this.kube = kube;
    this.#environment = environment;
    this.#deployment = deployment;
    this.#node = node;
    this.#said = said;
    this.#storage = inClusterStorage(this.newVolume("store", "2Gi"));
  }

  /** @throws where the cluster already has a platform: this test fills the cluster and empties it. */
  static async open(stack: string): Promise<E2ePlatform> {
    const environment = e2eEnvironment(process.env);
    const kube = Kube.open(environment.kubeconfig);
    const found = await leftovers(kube);
    assert.deepEqual(found, [], "the cluster is not empty: remove these, or take another cluster");
    const [node] = await kube.list("v1", "Node");
    const said: string[] = [];
    const deployment = await openDeployment({
      stack,
      projectDir: new URL("../../", import.meta.url).pathname,
      kubeconfig: environment.kubeconfig,
      log: (line) => {
        if (line.startsWith("engine: ")) report(line);
        else said.push(line);
      },
    });
    return new E2ePlatform(kube, environment, deployment, textAt(node, "metadata", "name") ?? "", said);
  }

  /** Deploys the platform with these jobs, and these keys in place of the test's own. */
  async up(jobs: Readonly<Record<string, Job>>, keys: Fields = {}): Promise<Changes> {
    const begun = performance.now();
    this.#said.length = 0;
    const stack = { ...e2eStack(this.#environment, this.#storage, jobs), ...keys };
    const { changes, outputs } = await this.#reported(this.#deployment.up(stack));
    this.outputs = outputs;
    const seconds = ((performance.now() - begun) / 1000).toFixed(1);
    report(`deployed in ${seconds} s: ${JSON.stringify(changes)}`);
    return changes;
  }

  /** An empty volume: in a folder of the cluster's node, or by a claim on its storage class. */
  newVolume(name: string, size: string): Fields {
    const { nodePath } = this.#environment;
    if (nodePath === undefined) return { kind: "claim", size };
    const folder = mkdtempSync(join(nodePath, `${name}-`));
    this.#folders.push(folder);
    return { kind: "node", path: folder, node: this.#node, size };
  }

  /** The bucket with the keys of the named secret, through a port of this machine. */
  async bucket(secret: { readonly namespace: string; readonly name: string }): Promise<Bucket> {
    const server = await forwardService(this.kube, "spark-storage", "store");
    this.#forwarded.push(server);
    const keys = await keysOf(this.kube, secret.namespace, secret.name);
    return new Bucket(`http://127.0.0.1:${server.port}`, "spark", keys);
  }

  async #reported<T>(action: Promise<T>): Promise<T> {
    try {
      return await action;
    } catch (error) {
      for (const line of this.#said.slice(-40)) report(`  | ${line}`);
      for (const line of await podLogs(this.kube)) report(`  | ${line}`);
      throw error;
    }
  }

  /** Removes everything, and sees that nothing stays behind. */
  async close(): Promise<void> {
    await Promise.all(this.#forwarded.map((server) => server.close()));
    await this.#reported(this.#deployment.destroy());
    // Helm leaves CRDs where they are, since with them go all jobs. This cluster had none before.
    await removeCrds(this.kube);
    for (const folder of this.#folders) rmSync(folder, { recursive: true });
    assert.deepEqual(await leftovers(this.kube), [], "left behind");
  }
}

/** A line of the test's report, beside the runner's own. */
export function report(line: string): void {
  process.stderr.write(`${line}\n`);
}
