import assert from "node:assert/strict";
import { test } from "node:test";

import { manifest } from "../../jobs/manifest/samples.ts";
import { crdErrors } from "../../support/crd-schema.ts";
import { isRecord, parseJson, recordAt, type Fields } from "../../../local/kube/json.ts";
import { asWePutIt, minimal } from "./manifests.ts";

/** As the API server would give it back. */
function live(): Fields {
  const ours: unknown = parseJson(JSON.stringify(manifest({ driver: { coreRequest: "100m" } })));
  assert.ok(isRecord(ours));
  const metadata = { ...recordAt(ours, "metadata"), uid: "1", resourceVersion: "2", managedFields: [] };
  return { ...ours, metadata, status: { applicationState: { state: "COMPLETED" } } };
}

const errors = (fields: Fields): readonly string[] => crdErrors({ ...fields, kind: "SparkApplication" });

test("ours is the manifest as the platform made it, but for its name", () => {
  const copy = asWePutIt(live())("ours-1");
  const { metadata, spec } = manifest({ driver: { coreRequest: "100m" } });
  assert.deepEqual(copy["spec"], spec);
  assert.deepEqual(copy["metadata"], { ...metadata, name: "ours-1" });
  assert.deepEqual(errors(copy), []);
});

test("the minimal one has the same image and sizes and nothing else of the platform", () => {
  const least = minimal(live())("minimal-1");
  assert.deepEqual(errors(least), []);
  const { image, driver, executor } = manifest({ driver: { coreRequest: "100m" } }).spec;
  const { cores, coreRequest, memory, serviceAccount } = driver;
  assert.equal(recordAt(least, "spec")["image"], image);
  assert.deepEqual(recordAt(least, "spec", "driver"), { cores, coreRequest, memory, serviceAccount });
  assert.equal(recordAt(least, "spec", "executor")["memory"], executor.memory);
  assert.doesNotMatch(JSON.stringify(least), /eventLog|s3a|template|envSecretKeyRefs/);
});
