import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { loadConfig, type PlatformConfig } from "../../config.ts";
import { program } from "../support/graph.ts";
import type { Fields } from "../../local/kube/json.ts";
import { evaluate } from "../support/mocks.ts";

/** A stack that is right, and says no more than it must. */
export const right: Fields = { namespaces: [{ name: "analytics" }] };

/** Key pairs for every purpose, and a store that takes them. */
const pair = { accessKeyId: "id", secretAccessKey: "key-secret-4711" };
export const existing: Fields = {
  kind: "existing",
  endpoint: "https://s3.test",
  keys: { admin: pair, jobs: pair, history: pair, operator: pair, registry: pair, gateway: pair },
};

/** A job that is right but for what is given. */
export const job = (wishes: Fields): Fields => ({ jobs: { job: { namespace: "analytics", ...wishes } } });

/** The configuration, or the one error that says what is wrong with it. */
export async function read(config: Fields): Promise<PlatformConfig | pulumi.RunError> {
  const found: (PlatformConfig | pulumi.RunError)[] = [];
  await evaluate(
    () => {
      try {
        found.push(loadConfig());
      } catch (error) {
        if (!(error instanceof pulumi.RunError)) throw error;
        found.push(error);
      }
      return Promise.resolve();
    },
    { config },
  );
  const [result] = found;
  assert.ok(result);
  return result;
}

/** A problem as the error tells it. */
export interface Problem {
  readonly path: string;
  readonly problem: string;
  readonly expected: string;
}

/** All problems of a stack file, with the keys as they stand in it. */
export async function problems(config: Fields): Promise<readonly Problem[]> {
  const error = await read(config);
  if (!(error instanceof pulumi.RunError)) return [];
  const [head, ...lines] = error.message.split("\n");
  const found = lines.join("\n").matchAll(/^ {2}(\S.*?): (.*)\n {4}expected: (.+)$/gm);
  const all = [...found].map(([, path = "", problem = "", expected = ""]) => ({ path, problem, expected }));
  assert.match(head ?? "", /^the configuration of stack test is not right, \d+ problems?:$/);
  assert.equal(Number(/(\d+) problem/.exec(head ?? "")?.[1]), all.length, error.message);
  assert.equal(lines.length, 2 * all.length, error.message);
  return all;
}

/** What the whole program does with a configuration: its error, and how many resources it registered. */
export async function runProgram(config: Fields): Promise<{ error: unknown; registered: number }> {
  let error: unknown;
  const graph = await evaluate(
    async () => {
      try {
        await program();
      } catch (thrown) {
        error = thrown;
      }
    },
    { config },
  );
  return {
    error,
    registered: graph.registrations.filter(({ type }) => type !== "pulumi:pulumi:Stack").length,
  };
}

/** Keys that are wrong by themselves: where, what is wrong, and what would be right. */
export type Wrong = readonly [config: Fields, path: string, problem: RegExp, expected: RegExp];

/** Tests that each row, laid over a stack that is right, is the one problem there is. */
export function testProblems(base: Fields, rows: readonly Wrong[]): void {
  for (const [config, at, problem, expected] of rows) {
    test(`wrong: ${JSON.stringify(config).slice(0, 90)}`, async () => {
      const found = await problems({ ...base, ...config });
      assert.deepEqual(
        found.map((each) => each.path),
        [`spark-platform:${at}`],
        JSON.stringify(found),
      );
      assert.match(found[0]?.problem ?? "", problem);
      assert.match(found[0]?.expected ?? "", expected);
    });
  }
}
