import assert from "node:assert/strict";
import { test } from "node:test";

import { sparkApplication } from "../../../jobs/manifest/index.ts";
import { manifest, paths, placement, platform, resolved, violations } from "./samples.ts";

test("pods go to the nodes that the cluster keeps for them, and to any where it keeps none", () => {
  const { driver, executor } = sparkApplication(resolved(), { ...platform, placement }).spec;
  assert.deepEqual(driver.template.metadata, { annotations: placement.driver.annotations });
  assert.deepEqual(driver.template.spec.nodeSelector, placement.driver.nodeSelector);
  assert.deepEqual(driver.template.spec.tolerations, placement.driver.tolerations);
  assert.deepEqual(executor.template.spec.nodeSelector, placement.executor.nodeSelector);
  const without = manifest().spec.driver;
  assert.deepEqual(
    [
      ...["metadata"].filter((key) => key in executor.template || key in without.template),
      ...["tolerations"].filter((key) => key in executor.template.spec || key in without.template.spec),
      ...["nodeSelector"].filter((key) => key in without.template.spec),
    ],
    [],
    "an empty map or list would show in every diff",
  );
});

test("users can neither choose the nodes of their pods nor refuse those that they are given", () => {
  const conf = [
    "spark.kubernetes.node.selector.pool",
    "spark.kubernetes.driver.node.selector.pool",
    "spark.kubernetes.executor.node.selector.pool",
    "spark.kubernetes.driver.annotation.karpenter.sh/do-not-disrupt",
    "spark.kubernetes.driver.podTemplateFile",
    "spark.kubernetes.executor.podTemplateFile",
    "spark.kubernetes.driver.scheduler.name",
    "spark.kubernetes.scheduler.name",
  ];
  for (const key of conf) {
    const found = violations({ sparkConf: { [key]: "drivers" } });
    assert.deepEqual(paths(found), [`sparkConf["${key}"]`]);
  }
  const fields = ["nodeSelector", "tolerations", "affinity", "annotations", "template", "schedulerName"];
  for (const field of fields) {
    assert.deepEqual(paths(violations({ driver: { [field]: {} } })), [`driver.${field}`]);
    assert.deepEqual(paths(violations({ executor: { [field]: {} } })), [`executor.${field}`]);
    assert.deepEqual(paths(violations({ [field]: {} })), [field]);
  }
  assert.deepEqual(paths(violations({ placement: {} })), ["placement"]);
});
