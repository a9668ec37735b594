import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";

import { compare, interleave, median, percentile } from "./bench.ts";

test("the median is the middle, or the mean of the two", () => {
  assert.equal(median([3, 1, 2]), 2);
  assert.equal(median([4, 1, 3, 2]), 2.5);
  assert.throws(() => median([]), /no figure/);
});

test("a percentile is a figure that was measured, with so many percent up to it", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  assert.equal(percentile(99, hundred), 99);
  assert.equal(percentile(50, hundred), 50);
  assert.equal(percentile(99, [7, 5]), 7);
  assert.throws(() => percentile(99, []), /no figure/);
});

test("the ratio is that of a round, whatever the machine did in other rounds", () => {
  const rounds = [
    { value: 1, baseline: 1 },
    { value: 30, baseline: 20 },
    { value: 4, baseline: 2 },
  ];
  const result = compare({ name: "x", unit: "ms", limit: 1.5 }, rounds);
  assert.deepEqual(result, { name: "x", value: 4, unit: "ms", baseline: 2, ratio: 1.5, limit: 1.5 });
});

test("rounds come one after the other", async () => {
  const seen: string[] = [];
  const figure = (name: string): Promise<number> => Promise.resolve(seen.push(name));
  const lines: string[] = [];
  const measure = async (): Promise<object> => ({ value: await figure("a"), baseline: await figure("b") });
  const rounds = await interleave(2, measure, (line) => lines.push(line));
  assert.deepEqual(seen, ["a", "b", "a", "b"]);
  assert.equal(rounds.length, 2);
  assert.match(lines.join("\n"), /round 2 of 2/);
});

/** Runs the command without a cluster. */
function bench(...names: string[]): Promise<{ code: unknown; out: string; err: string }> {
  const run = new URL("run.ts", import.meta.url).pathname;
  return new Promise((resolve) => {
    const env = { PATH: process.env["PATH"] };
    execFile(process.execPath, [run, ...names], { env }, (error, out, err) => {
      resolve({ code: error?.code ?? 0, out, err });
    });
  });
}

test("an unknown bench is refused with the names of those that there are", async () => {
  const { code, out, err } = await bench("evaluate", "evalaute");
  assert.equal(code, 2);
  assert.equal(out, "");
  assert.match(
    err,
    /no bench evalaute; there are: client, commit, evaluate, gateway, history, job, scale, start, throughput/,
  );
});

const missing = {
  commit: "KUBECONFIG.*E2E_REGISTRY",
  gateway: "KUBECONFIG",
  history: "KUBECONFIG.*E2E_REGISTRY",
  scale: "KUBECONFIG.*E2E_REGISTRY",
  job: "KUBECONFIG.*E2E_REGISTRY",
  start: "KUBECONFIG.*E2E_REGISTRY",
  throughput: "KUBECONFIG.*E2E_REGISTRY",
};
for (const [name, variables] of Object.entries(missing)) {
  test(`without a cluster \`${name}\` says what is missing, and fails`, async () => {
    const { code, err } = await bench(name);
    assert.equal(code, 2);
    assert.match(err, new RegExp(`${name} did not run: .*${variables}`, "s"));
  });
}
