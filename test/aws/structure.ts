import assert from "node:assert/strict";
import { test } from "node:test";

import { emptyMaps, kubernetes, stackFile } from "../support/graph.ts";
import { recordAt } from "../../local/kube/json.ts";

import { violations } from "../support/policy.ts";
import { amazon, awsGraph, stacks } from "./aws-graph.ts";

for (const stack of stacks) {
  for (const preview of [false, true]) {
    const graph = awsGraph(stack, { preview });
    const mode = `${stack}, ${preview ? "preview" : "update"}`;

    test(`names are unique, and all but the top components have a parent (${mode})`, async () => {
      const { registrations } = await graph;
      const urns = new Set(registrations.map(({ urn }) => urn));
      assert.equal(urns.size, registrations.length);
      const [root, ...others] = registrations;
      assert.equal(root?.type, "pulumi:pulumi:Stack");
      for (const { name, parent } of others) assert.ok(parent !== undefined && urns.has(parent), name);
      const top = others.filter(({ parent }) => parent === root.urn);
      assert.deepEqual(
        top.filter(({ custom }) => custom).map(({ name }) => name),
        [],
      );
    });

    test(`everything in AWS is made by the stack's own provider, nothing by what the environment says (${mode})`, async () => {
      const { urn } = (await graph).only("pulumi:providers:aws");
      const resources = amazon(await graph);
      assert.ok(resources.length > 80);
      for (const { name, provider } of resources) assert.ok(provider?.startsWith(`${urn}::`), name);
    });

    test(`all that runs pods comes after the nodes, by its provider (${mode})`, async () => {
      const nodes = (await graph).only("spark-platform:cluster:NodePools");
      const [first, second, ...more] = (await graph).all("pulumi:providers:kubernetes");
      assert.ok(first && second && more.length === 0);
      for (const { name, provider, parent } of kubernetes(await graph)) {
        const own = parent === nodes.urn;
        assert.ok(provider?.startsWith(`${(own ? first : second).urn}::`), name);
      }
    });

    test(`nothing is an empty map, which the API server would drop (${mode})`, async () => {
      for (const { name, inputs } of kubernetes(await graph)) {
        assert.deepEqual(emptyMaps(inputs["metadata"], "metadata"), [], name);
        for (const field of ["values", "data", "binaryData", "stringData"])
          assert.deepEqual(emptyMaps(inputs[field], field), [], name);
      }
    });
  }

  for (const preview of [false, true]) {
    test(`the policy pack has nothing to say (${stack}, ${preview ? "preview" : "update"})`, async () => {
      assert.deepEqual(violations(await awsGraph(stack, { preview })), []);
    });
  }

  test(`a preview declares what an update does, with the same dependencies (${stack})`, async () => {
    const [update, preview] = await Promise.all([awsGraph(stack), awsGraph(stack, { preview: true })]);
    const shape = ({ registrations }: typeof update): unknown =>
      registrations.map(({ urn, parent, dependsOn }) => [urn, parent, [...dependsOn].sort()]).sort();
    assert.deepEqual(shape(preview), shape(update));
  });
}

test("the environments are one program: they differ in values of the stack file alone", async () => {
  const [dev, prod] = await Promise.all(stacks.map((stack) => awsGraph(stack)));
  assert.ok(dev && prod);
  // What prod's file says, under the name of dev, is what prod is; the first is the stack itself.
  const { registrations } = await awsGraph("dev", { keys: { ...stackFile("prod"), jobs: {} } });
  const shape = (all: typeof registrations): unknown =>
    all
      .slice(1)
      .map(({ type, name }) => `${type} ${name}`)
      .sort();
  assert.deepEqual(shape(registrations), shape(prod.registrations));
});

test("tags of the stack are on everything, and tell a stack that may be deleted whole", async () => {
  for (const stack of stacks) {
    const { inputs } = (await awsGraph(stack)).only("pulumi:providers:aws");
    // A provider's inputs are texts to the engine.
    const defaults: unknown = JSON.parse(String(inputs["defaultTags"]));
    assert.deepEqual(recordAt(defaults, "tags"), {
      environment: stack,
      project: "spark-platform",
      stack,
      "managed-by": "pulumi",
      ...(stack === "dev" && { protection: "none" }),
    });
  }
});
