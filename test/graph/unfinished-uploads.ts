import assert from "node:assert/strict";
import { test } from "node:test";

import { localGraph, object, podTemplate } from "../support/graph.ts";
import { at, listAt, recordAt, textAt } from "../../local/kube/json.ts";

test("the store in the cluster gives up unfinished uploads after as many days as S3, once a day", async () => {
  const graph = await localGraph();
  const cronJob = object(graph, "CronJob", "abort-uploads", "spark-storage");
  const spec = recordAt(cronJob.inputs, "spec");
  assert.match(String(spec["schedule"]), /^\d+ \d+ \* \* \*$/);
  assert.equal(spec["concurrencyPolicy"], "Forbid");
  const [container] = listAt(podTemplate(cronJob), "spec", "containers");
  assert.deepEqual(at(container, "env"), [
    { name: "HOME", value: "/tmp" },
    { name: "BUCKET", value: "spark" },
    { name: "ENDPOINT", value: "http://store.spark-storage.svc.cluster.local:7070" },
    { name: "MAX_AGE_DAYS", value: "7" },
  ]);
  assert.deepEqual(at(container, "envFrom"), [{ secretRef: { name: "bucket-setup" } }]);

  const { data } = object(graph, "ConfigMap", "abort-uploads", "spark-storage").inputs;
  const files = ["abort-uploads.sh", "aws-config", "aws.sh"];
  assert.deepEqual(Object.keys(recordAt(data)).sort(), files);
  assert.deepEqual(at(container, "command"), ["bash", "/opt/bucket/abort-uploads.sh"]);
  assert.match(textAt(data, "aws-config") ?? "", /addressing_style = path/);
});
