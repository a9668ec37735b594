import assert from "node:assert/strict";
import { test } from "node:test";

import { texts } from "../support/graph.ts";
import { textAt } from "../../local/kube/json.ts";
import { awsGraph, stacks } from "./aws-graph.ts";

for (const stack of stacks) {
  test(`nothing secret is in a plain input or output (${stack})`, async () => {
    const { registrations, outputs, secretOutputs } = await awsGraph(stack);
    const covered = (path: string, secrets: readonly string[]): boolean =>
      secrets.some((secret) => path === secret || path.startsWith(`${secret}.`));
    const secretTexts = new Set(
      registrations.flatMap(({ inputs, secrets }) =>
        texts(inputs)
          .filter(([path]) => covered(path, secrets))
          .map(([, text]) => text),
      ),
    );
    assert.ok(secretTexts.size > 5);
    const values = [...secretTexts].filter((text) => text.length >= 16);
    for (const { type, name, inputs, secrets } of registrations) {
      for (const [path, text] of texts(inputs)) {
        if (covered(path, secrets)) continue;
        assert.ok(!values.some((value) => text.includes(value)), `${type} ${name} ${path}`);
      }
    }
    const plain = texts(outputs).filter(([path]) => !covered(path, secretOutputs));
    for (const [path, text] of plain) assert.ok(!values.some((value) => text.includes(value)), path);
  });

  test(`the stack gives the bucket's key pair, the password to push and the user pool (${stack})`, async () => {
    const { outputs, secretOutputs } = await awsGraph(stack);
    assert.notEqual(textAt(outputs, "aws", "storageKeys", "jobs", "secretAccessKey"), undefined);
    assert.ok(secretOutputs.includes("aws.storageKeys"));
    assert.ok(secretOutputs.includes("registry.push.password"));
    assert.notEqual(textAt(outputs, "ui", "userPool"), undefined);
    assert.equal(textAt(outputs, "ui", "url"), `https://${stack === "dev" ? "dev." : ""}spark.example.org`);
  });
}
