import assert from "node:assert/strict";
import { describe, it } from "node:test";

import * as kubernetes from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { Fields } from "../../local/kube/json.ts";
import { evaluate } from "./mocks.ts";

const namespaceType = "kubernetes:core/v1:Namespace";

class Team extends pulumi.ComponentResource {
  constructor(name: string, opts: pulumi.ComponentResourceOptions = {}) {
    super("test:index:Team", name, {}, opts);
    new kubernetes.core.v1.Namespace(`${name}-namespace`, {}, { parent: this, protect: true });
    this.registerOutputs({});
  }
}

/** Runs as a program does: all that it declares is declared when its promise ends. */
const program =
  (body: () => unknown): (() => Promise<unknown>) =>
  () =>
    Promise.resolve().then(body);

describe("evaluate", () => {
  it("records parents, dependencies, what refers to what, protection, aliases, providers and secrets", async () => {
    const graph = await evaluate(
      program(() => {
        const provider = new kubernetes.Provider("cluster", { kubeconfig: "{}" });
        const team = new Team("a", { providers: { kubernetes: provider }, aliases: [{ name: "old" }] });
        const password = new random.RandomPassword("password", { length: 8 });
        const stringData = { plain: "x", password: password.result };
        new kubernetes.core.v1.Secret(
          "keys",
          { stringData },
          { provider, dependsOn: [team], retainOnDelete: true },
        );
        return { password: password.result, constant: 1 };
      }),
    );
    const namespace = graph.only(namespaceType);
    assert.equal(namespace.parent, "urn:pulumi:test::spark-platform::test:index:Team::a");
    assert.equal(
      namespace.urn,
      `urn:pulumi:test::spark-platform::test:index:Team$${namespaceType}::a-namespace`,
    );
    assert.equal(namespace.protect, true);
    assert.match(namespace.provider ?? "", /pulumi:providers:kubernetes::cluster::/);
    assert.deepEqual(graph.only("test:index:Team").aliases, ["old"]);

    const secret = graph.only("kubernetes:core/v1:Secret", "keys");
    assert.equal(secret.retainOnDelete, true);
    assert.ok(secret.dependsOn.includes(namespace.urn), "a component stands for its children");
    const { urn } = graph.only("random:index/randomPassword:RandomPassword");
    assert.ok(secret.dependsOn.includes(urn));
    assert.deepEqual(secret.references, { stringData: [urn] });
    assert.ok(secret.secrets.some((path) => path.startsWith("stringData")));
    assert.deepEqual(graph.secretOutputs, ["password"]);
    assert.equal(graph.outputs["constant"], 1);
  });

  it("gives the same values each time, and hides them in a preview", async () => {
    const declare = program(() => {
      const { result } = new random.RandomPassword("password", { length: 8 });
      return { known: result.apply((text) => text.length) };
    });
    assert.deepEqual((await evaluate(declare)).outputs, { known: 8 });
    const preview = await evaluate(declare, { preview: true });
    assert.equal(preview.outputs["known"], pulumi.runtime.unknownValue);
  });

  it("gives the config as the engine does", async () => {
    const graph = await evaluate(
      program(() => {
        const config = new pulumi.Config("spark-platform");
        return {
          list: config.requireObject("list"),
          text: config.require("text"),
          key: config.requireSecret("key"),
        };
      }),
      { config: { list: [1, { a: 2 }], text: "t" }, secretConfig: { key: "k" } },
    );
    assert.deepEqual(graph.outputs, { list: [1, { a: 2 }], text: "t", key: "k" });
    assert.deepEqual(graph.secretOutputs, ["key"]);
  });

  const failures: readonly { readonly name: string; readonly body: () => unknown; readonly says: RegExp }[] =
    [
      {
        name: "a URN that is registered twice",
        body: () => [new Team("a"), new Team("a")],
        says: /Duplicate resource URN 'urn:pulumi:test::spark-platform::test:index:Team::a'/,
      },
      {
        name: "a rejection that nobody awaits",
        body: () =>
          void new Team("a").urn.apply(() => {
            throw new Error("in an apply");
          }),
        says: /in an apply/,
      },
      {
        name: "a failure in what a resource is made of, which others wait for",
        body: () => {
          const length = pulumi.output(1).apply((): number => {
            throw new Error("in an input");
          });
          return { result: new random.RandomString("a", { length }).result };
        },
        says: /in an input/,
      },
      {
        name: "what the program throws",
        body: () => {
          throw new Error("wrong config");
        },
        says: /wrong config/,
      },
    ];
  for (const { name, body, says } of failures) {
    it(`fails on ${name}`, () => assert.rejects(evaluate(program(body)), says));
  }

  it("lets nothing of a program that failed reach the next one", async () => {
    const failing = program(() => {
      new Team("a");
      throw new Error("after the first component");
    });
    await assert.rejects(evaluate(failing), /after the first component/);
    const graph = await evaluate(program(() => ({ urn: new Team("b").urn })));
    assert.deepEqual(
      graph.all(namespaceType).map(({ name }) => name),
      ["b-namespace"],
    );
  });

  it("answers for a type what it is given in place of the mocks' own", async () => {
    const graph = await evaluate(
      program(() => ({ result: new random.RandomString("a", { length: 8 }).result })),
      { outputs: { "random:index/randomString:RandomString": { result: "given" } } },
    );
    assert.deepEqual(graph.outputs, { result: "given" });
  });

  it("answers the calls of a provider that it is given answers for", async () => {
    const calls = { "test:index:double": ({ n }: Fields) => ({ twice: Number(n) * 2 }) };
    const ask = (): Promise<unknown> => pulumi.runtime.invoke("test:index:double", { n: 21 });
    assert.deepEqual((await evaluate(ask, { calls })).outputs, { twice: 42 });
  });

  it("fails on a call of a provider, naming it", () =>
    assert.rejects(
      evaluate(() => pulumi.runtime.invoke("kubernetes:yaml:decode", { text: "" })),
      /the call of kubernetes:yaml:decode is not supported/,
    ));
});
