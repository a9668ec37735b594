import assert from "node:assert/strict";
import { test } from "node:test";

import { identityPolicy } from "../../components/storage/permissions.ts";
import { parseJson, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { bucketGraph, types } from "./bucket-graph.ts";

const bucket = "spark-bucket";
const keyNames = (graph: Graph): readonly string[] => graph.all(types.key).map(({ name }) => name);

test("a purpose with a number has a user with the purpose's rights, and nobody else has one", async () => {
  const graph = await bucketGraph({ bucket, keys: { jobs: 1, history: 1 } });
  assert.deepEqual(
    graph.all(types.user).map(({ name }) => name),
    ["store-jobs", "store-history"],
  );
  for (const purpose of ["jobs", "history"] as const) {
    const policy = textAt(graph.only(types.userPolicy, `store-${purpose}-policy`).inputs, "policy") ?? "";
    assert.deepEqual(parseJson(policy), identityPolicy(bucket, purpose));
  }
  assert.deepEqual((await bucketGraph({ keys: {} })).all(types.user), []);
});

test("a user has the newest two key pairs: a raised number adds one and leaves the one before", async () => {
  assert.deepEqual(keyNames(await bucketGraph({ keys: { jobs: 1 } })), ["store-jobs-key-1"]);
  assert.deepEqual([...keyNames(await bucketGraph({ keys: { jobs: 2 } }))].sort(), [
    "store-jobs-key-1",
    "store-jobs-key-2",
  ]);
  assert.deepEqual([...keyNames(await bucketGraph({ keys: { jobs: 3 } }))].sort(), [
    "store-jobs-key-2",
    "store-jobs-key-3",
  ]);
});

test("the newest pair is the stack's to give, its secret a secret", async () => {
  for (const number of [1, 2]) {
    const graph = await bucketGraph({ keys: { jobs: number } });
    const id = textAt(graph.outputs, "keys", "jobs", "accessKeyId") ?? "";
    assert.ok(id.startsWith(`store-jobs-key-${number}`), id);
    assert.ok(graph.secretOutputs.includes("keys.jobs.secretAccessKey"));
  }
});
