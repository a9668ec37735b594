import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { parseDemoArgs } from "../../../local/demo/args.ts";

describe("the demo's command line", () => {
  it("is nothing, --down or --help", () => {
    assert.deepEqual(parseDemoArgs([]), { action: "up", existing: undefined });
    assert.equal(parseDemoArgs(["--down"]).action, "down");
    assert.equal(parseDemoArgs(["--help", "--registry", "x y"]).action, "help");
  });

  it("names a cluster with its registry, with paths that hold in every folder", () => {
    const args = ["--kubeconfig", "k", "--registry", "r.example/p", "--context", "c", "--node-path", "/n"];
    assert.deepEqual(parseDemoArgs(args).existing, {
      kubeconfig: `${process.cwd()}/k`,
      registry: "r.example/p",
      context: "c",
      chart: undefined,
      nodePath: "/n",
    });
  });

  it("refuses the rest, and says what would be right", () => {
    const refused = (message: RegExp, ...args: readonly string[]): void => {
      assert.throws(() => parseDemoArgs(args), { name: "UsageError", message });
    };
    refused(/Unknown option '--up'/, "--up");
    refused(/Unexpected argument 'now'/, "now");
    refused(/needs --registry HOST/, "--kubeconfig", "k");
    refused(/"https:\/\/r" is no registry/, "--kubeconfig", "k", "--registry", "https://r");
    refused(/give that too/, "--registry", "r");
    refused(/--down knows where the demo is/, "--down", "--kubeconfig", "k");
  });
});
