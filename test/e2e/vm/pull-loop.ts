import assert from "node:assert/strict";

import { parseJson, textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Client } from "./client.ts";
import type { User } from "./users.ts";

/** Somebody who pulls an image again and again. */
export interface PullLoop {
  /** Goes on as another user. */
  readonly logIn: (who: User) => void;
  /** Waits for that many more pulls. @throws with the first failure. */
  readonly more: (count: number) => Promise<void>;
  /** Ends and says how many pulls there were. @throws with the first failure. */
  readonly end: () => Promise<number>;
}

/** Pulls the manifest and the configuration, which the store gives as it gives layers, until it is told to end, or the first pull fails. */
export function pullEndlessly(client: Client, repository: string, tag: string, first: User): PullLoop {
  let who = first;
  let pulls = 0;
  let going = true;
  let failure: unknown;
  const loop = async (): Promise<void> => {
    while (going) {
      await pullOnce(client, repository, tag, who);
      pulls++;
    }
  };
  const ended = loop().catch((error: unknown) => {
    failure = error;
  });
  const rethrow = (): void => {
    if (failure !== undefined) throw new Error(`pull ${pulls + 1} failed`, { cause: failure });
  };
  return {
    logIn: (next) => {
      who = next;
    },
    more: (count) => {
      const goal = pulls + count;
      return until(`pull ${goal}`, 30_000, () => {
        rethrow();
        return Promise.resolve(pulls >= goal ? { done: undefined } : { waiting: `pull ${pulls}` });
      });
    },
    end: async () => {
      going = false;
      await ended;
      rethrow();
      return pulls;
    },
  };
}

async function pullOnce(client: Client, repository: string, tag: string, who: User): Promise<void> {
  const manifest = await client.ask(`/v2/${repository}/manifests/${tag}`, who);
  assert.equal(manifest.status, 200, `manifest: ${manifest.body}`);
  const digest = textAt(parseJson(manifest.body), "config", "digest") ?? "";
  const blob = await client.ask(`/v2/${repository}/blobs/${digest}`, who);
  assert.equal(blob.status, 307, `blob: ${blob.body}`);
  const content = await client.ask(blob.location ?? "");
  assert.equal(content.status, 200, `content: ${content.body}`);
}
