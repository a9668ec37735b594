import assert from "node:assert/strict";
import { test } from "node:test";

import { crdErrors } from "../../support/crd-schema.ts";
import { recordAt, type Fields } from "../../../local/kube/json.ts";
import { ours, stock } from "./manifests.ts";

const errors = (fields: Fields): readonly string[] => crdErrors({ ...fields, kind: "SparkApplication" });

test("both run the same program with the same sizes, each on its own image", () => {
  const our = ours("registry.test", "jobs", "one");
  const their = stock("jobs", "one");
  for (const role of ["driver", "executor"]) {
    const size = ({ cores, coreRequest, memory, instances }: Fields): Fields => ({
      cores,
      coreRequest,
      memory,
      instances,
    });
    assert.deepEqual(size(recordAt(our, "spec", role)), size(recordAt(their, "spec", role)));
  }
  const file = /counts\.py/;
  assert.match(String(recordAt(our, "spec")["mainApplicationFile"]), file);
  assert.match(String(recordAt(their, "spec")["mainApplicationFile"]), file);
  assert.match(String(recordAt(our, "spec")["image"]), /^registry\.test\/spark:/);
  assert.match(String(recordAt(their, "spec")["image"]), /^docker\.io\/apache\/spark:/);
});

test("both are right, and the stock one has nothing of the platform", () => {
  assert.deepEqual(errors(ours("registry.test", "jobs", "one")), []);
  assert.deepEqual(errors(stock("jobs", "one")), []);
  assert.equal(recordAt(stock("jobs", "one"), "spec")["sparkConf"], undefined);
});
