import assert from "node:assert/strict";
import { test } from "node:test";

import { kubernetes, localGraph, ofKind, upstream } from "../support/graph.ts";
import type { Registration } from "../support/mocks.ts";

for (const preview of [false, true]) {
  const mode = preview ? "preview" : "update";
  const evaluated = localGraph({}, preview);

  /** Asserts that `later` cannot start before all of `earlier` are there. */
  const after = async (later: Registration, earlier: readonly Registration[]): Promise<void> => {
    const needed = upstream(await evaluated, later);
    assert.ok(earlier.length > 0);
    for (const each of earlier)
      assert.ok(needed.has(each.urn), `${later.name} does not wait for ${each.name}`);
  };

  test(`jobs wait for the operator, the bucket and all of their namespace (${mode})`, async () => {
    const graph = await evaluated;
    const release = graph.only("kubernetes:helm.sh/v3:Release");
    const inNamespace = kubernetes(graph).filter((each) => each.name.startsWith("analytics-"));
    assert.equal(inNamespace.length, 11);
    const applications = graph.all("kubernetes:sparkoperator.k8s.io/v1beta2:SparkApplication");
    assert.equal(applications.length, 3);
    for (const application of applications) {
      await after(application, [release, graph.only("kubernetes:batch/v1:Job"), ...inNamespace]);
    }
    await after(
      graph.only("kubernetes:sparkoperator.k8s.io/v1beta2:SparkApplication", "word-count-application"),
      [graph.only("kubernetes:core/v1:ConfigMap", "word-count-code")],
    );
  });

  test(`the operator waits for the teams' namespaces, its own secrets and the bucket (${mode})`, async () => {
    const graph = await evaluated;
    const release = graph.only("kubernetes:helm.sh/v3:Release");
    const own = kubernetes(graph).filter((each) => each.name.startsWith("operator-") && each !== release);
    await after(release, [
      ...ofKind(graph, "Namespace"),
      graph.only("kubernetes:batch/v1:Job"),
      ...own.filter(({ name }) => name !== "operator-spark-operator"),
    ]);
  });

  test(`the set-up of the bucket waits for the store's server (${mode})`, async () => {
    const graph = await evaluated;
    await after(graph.only("kubernetes:batch/v1:Job"), [
      graph.only("kubernetes:apps/v1:Deployment"),
      graph.only("kubernetes:core/v1:Service"),
      graph.only("kubernetes:core/v1:ConfigMap", "store-setup"),
      graph.only("kubernetes:core/v1:Secret", "store-setup-keys"),
    ]);
    await after(graph.only("kubernetes:batch/v1:CronJob"), [graph.only("kubernetes:batch/v1:Job")]);
    await after(graph.only("kubernetes:apps/v1:Deployment"), [
      graph.only("kubernetes:core/v1:PersistentVolumeClaim"),
      graph.only("kubernetes:core/v1:Secret", "store-users"),
      graph.only("kubernetes:core/v1:Secret", "store-root"),
    ]);
  });

  test(`whatever lies in a namespace waits for it (${mode})`, async () => {
    const graph = await evaluated;
    for (const start of ["analytics-", "store-", "operator-"]) {
      const namespace = graph.only("kubernetes:core/v1:Namespace", `${start}namespace`);
      const inside = kubernetes(graph).filter((each) => each.name.startsWith(start) && each !== namespace);
      for (const each of inside) await after(each, [namespace]);
    }
  });
}
