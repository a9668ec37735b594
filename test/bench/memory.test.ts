import assert from "node:assert/strict";
import { test } from "node:test";

import { held } from "./memory.ts";

test("what pods hold is read of the kubelet's metrics, of all containers or of one", () => {
  const series = (name: string, namespace: string, container: string, value: string): string =>
    `${name}{container="${container}",id="/a",namespace="${namespace}",pod="p"} ${value} 1795518038171`;
  const metrics = [
    "# TYPE container_memory_rss gauge",
    series("container_memory_rss", "spark-history", "", "2.5e+08"),
    series("container_memory_rss", "spark-ui", "server", "9e+08"),
    series("container_memory_cache", "spark-history", "server", "8e+08"),
    series("container_memory_rss", "spark-history", "server", "1"),
  ].join("\n");
  const atMs = 1795518038171;
  assert.deepEqual(held(metrics, "spark-history"), [
    { bytes: 250_000_000, atMs },
    { bytes: 1, atMs },
  ]);
  assert.deepEqual(held(metrics, "spark-history", "server"), [{ bytes: 1, atMs }]);
  assert.deepEqual(held("", "spark-history"), []);
});
