/** One evaluation of a program through Pulumi's mocks, in a process of its own: nothing is warm, nothing left over. */
import { setImmediate as turn } from "node:timers/promises";

import "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { isRecord, type Fields } from "../../../local/kube/json.ts";
import type { HandWrittenJob } from "./by-hand.ts";

export interface EvaluationRequest {
  readonly stack: Fields;
  /** The jobs of the program by hand; without them it is the real program. */
  readonly byHand?: readonly HandWrittenJob[];
  /** Whether to send the resources back. */
  readonly record: boolean;
}

/** A resource that is no component, as the engine would get it. */
export interface Recorded {
  readonly type: string;
  readonly name: string;
  readonly inputs: Fields;
}

export interface EvaluationReply {
  readonly milliseconds: number;
  readonly registered: number;
  readonly resources: readonly Recorded[];
}

/** What only the provider knows and the program reads. */
const computed: Readonly<Record<string, Fields>> = {
  "random:index/randomString:RandomString": { result: "x" },
  "random:index/randomPassword:RandomPassword": { result: "x" },
};

async function evaluateOnce({ stack, byHand, record }: EvaluationRequest): Promise<EvaluationReply> {
  const resources: Recorded[] = [];
  let registered = 0;
  const mocks: pulumi.runtime.Mocks = {
    call: ({ token }) => {
      throw new Error(`${token} is called, and no provider answers`);
    },
    newResource: ({ type, name, inputs, custom }) => {
      registered++;
      const known: unknown = inputs;
      if (record && custom === true && isRecord(known)) resources.push({ type, name, inputs: known });
      return { id: `${name}-id`, state: { ...(isRecord(known) && known), ...computed[type] } };
    },
  };
  const project = "spark-platform";
  await pulumi.runtime.setMocks(mocks, project, "bench", false, "organization");
  const config = Object.entries(stack).map(([key, value]): [string, string] => [
    `${project}:${key}`,
    JSON.stringify(value),
  ]);
  pulumi.runtime.setAllConfig(Object.fromEntries(config));

  const begin = process.cpuUsage();
  await pulumi.runtime.runInPulumiStack(() => program(byHand));
  // What an `apply` still starts is only known when the queue was empty and nothing more has come.
  for (let seen = -1; seen !== registered;) {
    seen = registered;
    await pulumi.runtime.disconnect();
    await turn();
  }
  const { user, system } = process.cpuUsage(begin);
  return { milliseconds: (user + system) / 1000, registered, resources };
}

async function program(byHand: readonly HandWrittenJob[] | undefined): Promise<unknown> {
  if (byHand !== undefined) return (await import("./by-hand.ts")).byHand(byHand);
  return { ...(await import("../../../index.ts")) };
}

function isRequest(message: unknown): message is EvaluationRequest {
  return isRecord(message) && isRecord(message["stack"]) && typeof message["record"] === "boolean";
}

process.once("message", (message) => {
  if (!isRequest(message)) throw new Error("not a request");
  void evaluateOnce(message).then((reply) => {
    process.send?.(reply, () => {
      process.disconnect();
    });
  });
});
