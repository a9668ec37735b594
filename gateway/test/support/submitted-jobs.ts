import assert from "node:assert/strict";

import { textAt } from "../../../local/kube/json.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import { eventually } from "./eventually.ts";
import type { Answer } from "./gateway.ts";
import type { SubmitScene } from "./submitting.ts";

export const idOf = ({ body }: Answer): string => textAt(body, "id") ?? assert.fail(JSON.stringify(body));
/** An answer's status, and the state that it tells. */
export const stateOf = ({ status, body }: Answer): readonly [number, string | undefined] => [
  status,
  textAt(body, "state"),
];
export const rowOf = ({ store }: SubmitScene, id: string): Promise<ApplicationRow> =>
  store.db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirstOrThrow();
export const cancel = ({ gateway, token }: SubmitScene, id: string): Promise<Answer> =>
  gateway.call("POST", `/v1/applications/${id}:cancel`, { token });
export const remove = ({ gateway, token }: SubmitScene, id: string): Promise<Answer> =>
  gateway.call("DELETE", `/v1/applications/${id}`, { token });
/** Lets the dispatcher's time pass until it has done that; the jobs' clock stays. */
export const untilSubmitted = (scene: SubmitScene, id: string): Promise<void> =>
  eventually(`${id} is submitted`, async () => {
    scene.pace.advance(5000);
    return (await rowOf(scene, id)).state === "SUBMITTED";
  });
/** How often the cluster was asked to create one. */
export const created = ({ fake }: SubmitScene): number =>
  fake.requests.filter((request) => request === "POST sparkapplications").length;
