import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { diagnostics } from "../../local/deployment/automation.ts";
import { chooseEngine, configValue, missingPrograms } from "../../local/deployment/deployment.ts";

describe("the choice of the engine", () => {
  it("takes Pulumi where nothing is missing, else the stand-in, and says what is", () => {
    assert.equal(chooseEngine(undefined, []).engine, "pulumi");
    const { engine, why } = chooseEngine("", ["pulumi-resource-random"]);
    assert.deepEqual([engine, why], ["stand-in", "not on PATH: pulumi-resource-random"]);
  });

  it("can be forced, but not to something else", () => {
    assert.equal(chooseEngine("stand-in", []).engine, "stand-in");
    assert.equal(chooseEngine("pulumi", ["pulumi"]).engine, "pulumi");
    assert.throws(() => chooseEngine("terraform", []), /E2E_ENGINE is "terraform"; right would be/);
  });

  it("misses all on an empty PATH", () => {
    assert.equal(missingPrograms("").length, 5);
  });
});

describe("config values", () => {
  it("are secret where they say so", () => {
    assert.deepEqual(configValue({ secret: "a" }), { value: "a", secret: true });
    assert.deepEqual(configValue({ secret: "a", other: 1 }), {
      value: { secret: "a", other: 1 },
      secret: false,
    });
    assert.deepEqual(configValue(3), { value: 3, secret: false });
  });
});

describe("what the Pulumi engine says of a failure", () => {
  it("is its diagnostics without its notices", () => {
    const output = [
      "code: -2\n stdout: \n stderr: Command failed with exit code 1: pulumi up\nUpdating (e2e):",
      "Diagnostics:\n  pulumi:pulumi:Stack (fx-e2e):",
      "    warning: using pulumi-resource-random from $PATH at /somewhere",
      "    error: a.b has to be 1\n\nResources:\n    1 errored\n\n err?: Error: Command failed",
    ].join("\n");
    assert.equal(diagnostics(output), "pulumi:pulumi:Stack (fx-e2e):\n    error: a.b has to be 1");
  });

  it("is the error stream of any other command, without the command", () => {
    const output =
      "code: 255\n stdout: \n stderr: Command failed: pulumi config {secrets}\nerror: no such key\n err?: Error: x";
    assert.equal(diagnostics(output), "error: no such key");
  });
});
