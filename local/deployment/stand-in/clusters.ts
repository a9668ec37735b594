import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

import { KubeConfig } from "@kubernetes/client-node";

import { textAt, type Fields } from "../../kube/json.ts";
import { Kube } from "../../kube/kube.ts";
import type { StateFile } from "./state.ts";

/** The cluster that a provider leads to, and the provider's settings that matter here. */
export interface Cluster {
  readonly kube: Kube;
  /** Path of a kubeconfig for helm. */
  readonly kubeconfig: string;
  readonly namespace: string;
  readonly upsert: boolean;
  readonly force: boolean;
}

/** Opens the cluster of each provider once: its own kubeconfig where it has one, else the deployment's. */
export class Clusters {
  readonly #state: StateFile;
  readonly #folder: string;
  readonly #kubeconfig: string;
  readonly #open = new Map<string, Cluster>();

  constructor(state: StateFile, folder: string, kubeconfig: string) {
    this.#state = state;
    this.#folder = folder;
    this.#kubeconfig = kubeconfig;
  }

  /** @param provider `urn::id` as a registration has it; undefined is the default provider. */
  of(provider: string | undefined): Cluster {
    const urn = provider?.slice(0, provider.lastIndexOf("::")) ?? "";
    const known = this.#open.get(urn);
    if (known !== undefined) return known;
    const inputs = this.#state.get(urn)?.inputs ?? {};
    const cluster = this.#load(inputs);
    this.#open.set(urn, cluster);
    return cluster;
  }

  #load(inputs: Fields): Cluster {
    const given = textAt(inputs, "kubeconfig");
    const config = new KubeConfig();
    config.loadFromString(given === undefined ? readFileSync(this.#kubeconfig, "utf8") : contentOf(given));
    const context = textAt(inputs, "context");
    if (context !== undefined) config.setCurrentContext(context);
    const text = config.exportConfig();
    const path = join(
      this.#folder,
      `${createHash("sha256").update(text).digest("hex").slice(0, 12)}.kubeconfig`,
    );
    writeFileSync(path, text, { mode: 0o600 });
    return {
      kube: new Kube(config),
      kubeconfig: path,
      namespace: textAt(inputs, "namespace") ?? "default",
      upsert: textAt(inputs, "upsertExistingObjects") === "true",
      force: textAt(inputs, "enablePatchForce") === "true",
    };
  }
}

function contentOf(kubeconfig: string): string {
  return existsSync(kubeconfig) ? readFileSync(kubeconfig, "utf8") : kubeconfig;
}
