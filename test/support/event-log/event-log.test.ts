import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { isRecord, listAt, numberAt, parseJson, textAt } from "../../../local/kube/json.ts";
import { eventLog, type LoggedApplication } from "./event-log.ts";

const sizes = fc.record({
  tasks: fc.integer({ min: 1, max: 6 }),
  bytes: fc.integer({ min: 0, max: 400_000 }),
});

function linesOf(wish: Partial<LoggedApplication>): readonly string[] {
  return [...eventLog({ id: "spark-1", name: "one", tasks: 1, bytes: 0, ...wish })];
}

function sizeOf(lines: readonly string[]): number {
  return lines.reduce((sum, line) => sum + line.length, 0);
}

/** The events of one kind. */
function events(lines: readonly string[], kind: string): readonly unknown[] {
  return lines.map(parseJson).filter((event) => textAt(event, "Event") === `SparkListener${kind}`);
}

test("a log has an event on each line, from the driver's first ones to the application's end", () => {
  const task = ["TaskStart", "TaskEnd"];
  const stage = ["StageSubmitted", ...task, ...task, "StageCompleted"];
  const executor = ["ExecutorAdded", "BlockManagerAdded"];
  const first = ["LogStart", "ResourceProfileAdded", "BlockManagerAdded"];
  assert.deepEqual(
    linesOf({ tasks: 2 }).map((line) => textAt(parseJson(line), "Event")?.replace("SparkListener", "")),
    [
      ...[...first, "EnvironmentUpdate", "ApplicationStart", ...executor, ...executor],
      ...["JobStart", ...stage, ...stage, "JobEnd", "ApplicationEnd"],
    ],
  );
});

test("it is of the application that was asked for", () => {
  const [start] = events(linesOf({ id: "spark-7", name: "seven" }), "ApplicationStart");
  assert.deepEqual([textAt(start, "App ID"), textAt(start, "App Name")], ["spark-7", "seven"]);
});

test("it ends with the first job that makes it large enough", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const lines = linesOf(size);
      const jobs = events(lines, "JobEnd").length;
      assert.ok(sizeOf(lines) >= size.bytes);
      const lastJob = lines.findLastIndex((line) => line.includes('"SparkListenerJobStart"'));
      if (jobs > 1) assert.ok(sizeOf(lines.slice(0, lastJob)) < size.bytes);
    }),
    { numRuns: 30 },
  );
});

test("jobs, stages and tasks have numbers of their own, and what begins also ends", () => {
  fc.assert(
    fc.property(sizes, (size) => {
      const lines = linesOf(size);
      const numbers = (kind: string, ...path: string[]): readonly (number | undefined)[] =>
        events(lines, kind).map((event) => numberAt(event, ...path));
      const jobs = numbers("JobEnd", "Job ID");
      const pairs = [
        [numbers("JobStart", "Job ID"), jobs, jobs.length],
        [
          numbers("StageSubmitted", "Stage Info", "Stage ID"),
          numbers("StageCompleted", "Stage Info", "Stage ID"),
          2 * jobs.length,
        ],
        [
          numbers("TaskStart", "Task Info", "Task ID"),
          numbers("TaskEnd", "Task Info", "Task ID"),
          2 * size.tasks * jobs.length,
        ],
      ] as const;
      for (const [begun, ended, count] of pairs) {
        assert.deepEqual(begun, ended);
        assert.equal(new Set(begun).size, count);
        assert.ok(!begun.includes(undefined));
      }
    }),
    { numRuns: 30 },
  );
});

test("it is the same each time, byte for byte", () => {
  const wish = { tasks: 3, bytes: 200_000 };
  assert.deepEqual(linesOf(wish), linesOf(wish));
});

test("a stage's sums are those of its tasks", () => {
  const lines = linesOf({ tasks: 5 });
  const name = "internal.metrics.executorRunTime";
  const updates = events(lines, "TaskEnd")
    .filter((event) => numberAt(event, "Stage ID") === 1)
    .flatMap((event) => listAt(event, "Task Info", "Accumulables"))
    .filter((each) => textAt(each, "Name") === name)
    .map((each) => numberAt(each, "Update") ?? 0);
  assert.equal(updates.length, 5);
  const [, completed] = events(lines, "StageCompleted");
  const sum = listAt(completed, "Stage Info", "Accumulables").find((each) => textAt(each, "Name") === name);
  assert.equal(
    numberAt(sum, "Value"),
    updates.reduce((all, update) => all + update, 0),
  );
});

test("a task's end has the parts that Spark 4.0.4 writes", () => {
  const [end] = events(linesOf({}), "TaskEnd");
  assert.ok(isRecord(end));
  assert.deepEqual(Object.keys(end), [
    ...["Event", "Stage ID", "Stage Attempt ID", "Task Type", "Task End Reason", "Task Info"],
    ...["Task Executor Metrics", "Task Metrics"],
  ]);
});

test("its lines are as long as real ones", () => {
  const lines = linesOf({ tasks: 100 });
  const tasks = lines.filter((line) => line.startsWith('{"Event":"SparkListenerTask'));
  const perTask = sizeOf(tasks) / 200;
  assert.ok(perTask > 3_500 && perTask < 6_000, String(perTask));
  const head = sizeOf(
    lines.slice(
      0,
      lines.findIndex((line) => line.includes('"SparkListenerJobStart"')),
    ),
  );
  assert.ok(head > 80_000 && head < 120_000, String(head));
});
