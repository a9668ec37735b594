import assert from "node:assert/strict";
import { test } from "node:test";

import { held } from "./memory.ts";

test("what pods hold is read of the kubelet's metrics, of all or of some", () => {
  const series = (name: string, namespace: string, pod: string, value: string): string =>
    `${name}{container="",id="/a",namespace="${namespace}",pod="${pod}"} ${value} 1795518038171`;
  const metrics = [
    "# TYPE container_memory_rss gauge",
    series("container_memory_rss", "spark-history", "cleaner-1", "2.5e+08"),
    series("container_memory_rss", "spark-ui", "server-1", "9e+08"),
    series("container_memory_cache", "spark-history", "server-1", "8e+08"),
    series("container_memory_rss", "spark-history", "server-1", "1"),
  ].join("\n");
  const atMs = 1795518038171;
  assert.deepEqual(held(metrics, "spark-history"), [
    { bytes: 250_000_000, atMs },
    { bytes: 1, atMs },
  ]);
  assert.deepEqual(held(metrics, "spark-history", "server"), [{ bytes: 1, atMs }]);
  assert.deepEqual(held("", "spark-history"), []);
});
