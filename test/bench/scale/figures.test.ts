import assert from "node:assert/strict";
import { test } from "node:test";

import { secondsFor } from "./clean-up.ts";
import { looks } from "./operator-pods.ts";
import type { OperatorFigures } from "./operator-figures.ts";
import { counts, growth, results } from "./results.ts";

test("memory that grows as the applications do is linear, and what is held without any is no part of it", () => {
  const held = (of: (count: number) => number): Parameters<typeof growth>[0] => ({
    few: of(counts.few),
    half: of(counts.few + counts.half),
    all: of(counts.few + counts.all),
  });
  const linear = growth(held((count) => 300 + count / 1024));
  assert.ok(Math.abs(linear.value - 1) < 1e-9 && Math.abs(linear.baseline - 1) < 1e-9);
  const square = growth(held((count) => 300 + count ** 2));
  assert.ok(square.value / square.baseline > 1.9);
});

test("what grows is held against its half, and what a pod held at any time against its limit", () => {
  const operator = (startSeconds: number, submittingMiB: number): OperatorFigures => ({
    startSeconds,
    driver: { p50: 2, p99: 3 },
    heldMiB: { controller: 100, webhook: 50 },
    submittingMiB,
  });
  const gateway = { startSeconds: 10, heldMiB: 200 };
  const answers = { page: [{ value: 2, baseline: 2 }], submit: [{ value: 20, baseline: 20 }], heldMiB: 300 };
  const all = results({
    operator: { few: operator(1, 400), half: operator(100, 400), all: operator(300, 500) },
    gateway: { few: gateway, half: gateway, all: gateway },
    answers,
    fifty: { operator: operator(1, 990), gateway, answers: { ...answers, heldMiB: 384 } },
    cleanUp: { value: 9, baseline: 6 },
    allowedMiB: { controller: 1100, webhook: 256 },
  });
  const ratios = new Map(all.map(({ name, ratio }) => [name, ratio]));
  assert.equal(ratios.size, all.length);
  assert.equal(ratios.get("scale-start/controller"), 1.5);
  assert.equal(ratios.get("scale-memory-limit/controller"), 0.9);
  assert.equal(ratios.get("scale-memory-limit/gateway"), 0.75);
  assert.equal(ratios.get("scale-clean-up"), 1.5);
});

test("the looks of the operator at applications are counted, whatever came of them, and none at other kinds", () => {
  const line = (controller: string, result: string, count: number): string =>
    `controller_runtime_reconcile_total{controller="${controller}",result="${result}"} ${count}`;
  const metrics = [
    "# TYPE controller_runtime_reconcile_total counter",
    line("scheduledsparkapplication", "success", 7),
    line("sparkapplication", "requeue_after", 4990),
    line("sparkapplication", "success", 10),
  ];
  assert.equal(looks(metrics.join("\n")), 5000);
  assert.equal(looks(""), 0);
});

test("the clean-up is timed from a tenth that is gone, and the half is its middle", () => {
  const left = [100, 100, 95, 89, 70, 50, 49, 10, 0];
  const samples = left.map((each, index) => ({ left: each, atMs: 1000 * index }));
  assert.deepEqual(secondsFor(100, samples), { value: 2, baseline: 2 });
});
