import assert from "node:assert/strict";

import { applicationStates, isFinal } from "../../gateway/src/jobs/application.ts";
import { textAt } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { Api, Session } from "./api.ts";
import { team } from "./stack.ts";

/** A Python program that comes with its submission. */
export function submission(name: string, text: string): unknown {
  return { namespace: team, job: { name }, code: { file: { name: `${name}.py`, text } } };
}

const ends: readonly string[] = applicationStates.filter(isFinal);

/** A user of the platform's API who runs jobs. */
export class Submitter {
  readonly api: Api;
  readonly token: string;

  constructor(api: Api, session: Session) {
    this.api = api;
    this.token = session.accessToken;
  }

  /** Returns the application's id. */
  async submit(body: unknown, key: string): Promise<string> {
    const options = { token: this.token, headers: { "idempotency-key": key }, body };
    return textAt(await this.api.ok("POST", "/v1/applications", options), "id") ?? "";
  }

  read(id: string): Promise<unknown> {
    return this.api.ok("GET", `/v1/applications/${id}`, { token: this.token });
  }

  /** Returns the application once it is in one of the states. @throws where it has ended in another. */
  reaches(id: string, ...states: readonly string[]): Promise<unknown> {
    return until(`${id} to be ${states.join(" or ")}`, 300_000, async () => {
      const seen = await this.read(id);
      const state = textAt(seen, "state") ?? "";
      if (states.includes(state)) return { done: seen };
      assert.ok(!ends.includes(state), JSON.stringify(seen));
      return { waiting: JSON.stringify(seen) };
    });
  }

  /** The driver's log, whole. */
  log(id: string): Promise<string> {
    return this.api.text(`/v1/applications/${id}/logs`, this.token);
  }

  /** Returns when the driver's log has the text. */
  says(id: string, text: string): Promise<void> {
    return until(`${id} to say ${text}`, 180_000, async () => {
      const log = await this.log(id);
      return log.includes(text) ? { done: undefined } : { waiting: log.slice(-500) };
    });
  }

  /** The driver's log as a stream of events, until its end. */
  followed(id: string): Promise<string> {
    return this.api.text(`/v1/applications/${id}/logs`, this.token, "text/event-stream");
  }
}
