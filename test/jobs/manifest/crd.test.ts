import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  resolveJob,
  scheduledSparkApplication,
  sparkApplication,
  standardDefaults,
} from "../../../jobs/manifest/index.ts";
import { crdErrors, readChartCrds, readFixtureCrds } from "../../support/crd-schema.ts";
import { manifest, placement, platform, versions, jobs } from "./samples.ts";

test("every manifest fits the operator's CRD, which has no field it does not know", () => {
  const code = { configMap: "code", mainFile: "main.py", pyFiles: ["modules.zip"] };
  fc.assert(
    fc.property(jobs, fc.boolean(), fc.boolean(), ({ mainFile, mainClass, ...rest }, mounted, placed) => {
      const where = placed ? { ...platform, placement } : platform;
      const spec = mounted
        ? rest
        : { ...rest, ...(mainFile && { mainFile }), ...(mainClass && { mainClass }) };
      const job = resolveJob(standardDefaults, versions, spec, { mountedCode: mounted });
      assert.ok(job.ok, JSON.stringify(job));
      const bundle = mounted ? code : undefined;
      assert.deepEqual(crdErrors(sparkApplication(job.value, where, bundle)), []);
      if (job.value.schedule === undefined) return;
      assert.deepEqual(crdErrors(scheduledSparkApplication(job.value, where, bundle)), []);
    }),
  );
});

test("the CRD's schema refuses what it does not list, wrong types and missing fields", () => {
  const { spec, ...rest } = manifest();
  const errors = (wrong: object): string =>
    crdErrors({ ...rest, ...{ spec: { ...spec, ...wrong } } }).join("\n");
  assert.equal(errors({}), "");
  assert.match(errors({ extra: 1 }), /extra/);
  assert.match(errors({ driver: { ...spec.driver, core: 1 } }), /driver .*core/);
  assert.match(errors({ arguments: [1] }), /arguments/);
  assert.match(errors({ type: undefined }), /type/);
});

const chart = process.env["SPARK_OPERATOR_CHART"];
const skip = chart === undefined ? "SPARK_OPERATOR_CHART does not name the operator's chart" : false;

test("the fixture is that of the operator's chart", { skip }, () => {
  assert.deepEqual(readFixtureCrds(), readChartCrds(chart ?? ""));
});
