import assert from "node:assert/strict";
import { test } from "node:test";

import { parseJson, textAt } from "../../support/kube-json.ts";
import { eventLog, files } from "./event-log.ts";

const lines = [...eventLog("app-1", "one", { jobs: 2, tasks: 3 })];

test("a log has a line for each event, its jobs, stages and tasks in their order", () => {
  const task = ["TaskStart", "TaskEnd"];
  const job = ["JobStart", "StageSubmitted", ...task, ...task, ...task, "StageCompleted", "JobEnd"];
  assert.deepEqual(
    lines.map((line) => textAt(parseJson(line), "Event")?.replace("SparkListener", "")),
    ["LogStart", "ApplicationStart", "ExecutorAdded", ...job, ...job, "ApplicationEnd"],
  );
});

test("files hold the lines, whole and in order, and each but the last is as large as asked for", () => {
  const parts = [...files(lines, 10_000)];
  assert.ok(parts.length > 1);
  assert.equal(Buffer.concat(parts).toString(), `${lines.join("\n")}\n`);
  for (const part of parts) assert.ok(part.toString().endsWith("\n"));
  for (const part of parts.slice(0, -1)) assert.ok(part.length >= 10_000);
});

test("a task weighs what a real one does", () => {
  const [first, second] = [1000, 2000].map((tasks) =>
    [...eventLog("a", "a", { jobs: 1, tasks })].reduce((sum, line) => sum + line.length + 1, 0),
  );
  const bytes = ((second ?? 0) - (first ?? 0)) / 1000;
  assert.ok(bytes > 3000 && bytes < 6000, String(bytes));
});
