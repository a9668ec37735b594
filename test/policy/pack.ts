import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";
import { createInterface } from "node:readline";
import { test } from "node:test";

import * as policy from "@pulumi/policy";
import type {
  PolicyProviderResource,
  PolicyResource,
  PolicyResourceOptions,
  ResourceValidationArgs,
} from "@pulumi/policy";
import fc from "fast-check";

import { isRecord } from "../../jobs/manifest/record.ts";
import { policies } from "../../policy/policies.ts";
import { messageOf, type DeclaredResource } from "../../policy/rule.ts";
import { rules } from "../../policy/rules/index.ts";
import type { Fields } from "../../policy/values.ts";
import { projectFolder } from "../support/graph.ts";
import { allCases } from "./cases/index.ts";
import { hiddenInputs } from "./hide.ts";

const options: PolicyResourceOptions = {
  protect: false,
  ignoreChanges: [],
  aliases: [],
  customTimeouts: { createSeconds: 0, updateSeconds: 0, deleteSeconds: 0 },
  additionalSecretOutputs: [],
};
const refuse = (): never => {
  throw new Error("the rules know no such thing");
};
const context = {
  stackTags: new Map<string, string>(),
  isType: refuse,
  asType: refuse,
  getConfig: refuse,
  notApplicable: refuse,
};

/** What the server of policy packs puts before inputs: reading what is not known throws. It is exported without its type. */
function throwing(inputs: Fields): Fields {
  const proxy: unknown = Reflect.get(policy, "unknownCheckingProxy");
  assert.ok(typeof proxy === "function");
  const proxied: unknown = Reflect.apply(proxy, undefined, [inputs]);
  assert.ok(isRecord(proxied));
  return proxied;
}

function given({ urn, type, name, inputs, protect, provider }: DeclaredResource): ResourceValidationArgs {
  const args = { ...context, urn, type, name, props: throwing(inputs), opts: { ...options, protect } };
  return provider === undefined ? args : { ...args, provider: givenProvider(provider) };
}

function givenProvider(inputs: Fields): PolicyProviderResource {
  const [type, name] = ["pulumi:providers:aws", "aws"];
  return { type, name, urn: `urn:pulumi:test::spark-platform::${type}::${name}`, props: throwing(inputs) };
}

function givenStack(stack: readonly DeclaredResource[]): PolicyResource[] {
  const resources: PolicyResource[] = stack.map((each) => ({
    ...given(each),
    dependencies: [],
    propertyDependencies: {},
  }));
  for (const [index, { references }] of stack.entries())
    for (const [input, urns] of Object.entries(references))
      Object.assign(resources[index]?.propertyDependencies ?? {}, {
        [input]: resources.filter(({ urn }) => urns.includes(urn)),
      });
  return resources;
}

/** What a policy of the pack reports of a stack: `URN MESSAGE`. */
async function reported(name: string, stack: readonly DeclaredResource[]): Promise<readonly string[]> {
  const found: string[] = [];
  const report = (message: string, urn?: string): void => void found.push(`${urn ?? ""} ${message}`);
  const own = policies.find((each) => each.name === name);
  if (own !== undefined && "validateStack" in own) {
    await own.validateStack({ ...context, resources: givenStack(stack) }, report);
    return found;
  }
  const validate = own?.validateResource;
  assert.ok(typeof validate === "function", name);
  for (const each of stack)
    await validate(given(each), (message) => {
      report(message, each.urn);
    });
  return found;
}

for (const cases of allCases) {
  const { rule } = cases;
  test(`${rule.name}: the pack reports what the rule says, also where values are not known`, async () => {
    await fc.assert(
      fc.asyncProperty(hiddenInputs(cases), async ([, hidden]) => {
        // The engine does not tell packs whether a resource is retained.
        const stack = hidden.map((each) => ({ ...each, retainOnDelete: undefined }));
        const said = stack.flatMap((each) =>
          rule.check(each, stack).map((one) => `${each.urn} ${messageOf(one)}`),
        );
        assert.deepEqual(await reported(rule.name, stack), said);
      }),
    );
  });
}

test("a policy of one resource does without what refers to what", () => {
  for (const rule of rules.filter(({ scope }) => scope === "resource"))
    for (const { stack } of allCases
      .filter((each) => each.rule === rule)
      .flatMap(({ right, wrong }) => [...right, ...wrong]))
      for (const each of stack)
        assert.deepEqual(rule.check({ ...each, references: {} }, []), rule.check(each, stack));
});

test("Pulumi's runner of policy packs starts the pack", async () => {
  const folder = path.join(projectFolder, "policy");
  const runner = path.join(projectFolder, "node_modules/@pulumi/pulumi/cmd/run-policy-pack");
  // The runner asks nothing of the engine whose address it is given. The pack answers at the port that it prints.
  const pack = spawn(process.execPath, [runner, "127.0.0.1:1", folder], { cwd: folder });
  try {
    let complaint = "";
    pack.stderr.on("data", (text) => (complaint += String(text)));
    const ended = once(pack, "exit").then(() => assert.fail(`the pack ended: ${complaint}`));
    const lines = createInterface(pack.stdout);
    const line: readonly unknown[] = await Promise.race([once(lines, "line"), ended]);
    assert.match(String(line[0]), /^\d+$/, complaint);
  } finally {
    pack.kill();
  }
});
