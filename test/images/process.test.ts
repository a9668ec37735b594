import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { capture } from "../../images/process.ts";

describe("capture", () => {
  it("returns what a command wrote and how it ended", async () => {
    const script = "console.log(process.argv[1]); console.error('e'); process.exitCode = 3";
    const result = await capture(process.execPath, ["-e", script, "$HOME `a` 'b'"]);
    assert.deepEqual(result, { code: 3, stdout: "$HOME `a` 'b'\n", stderr: "e\n" });
  });

  it("returns nothing where there is no such command", async () => {
    assert.equal(await capture("no-such-command-here", [], { timeoutMs: 60_000 }), undefined);
  });

  it("ends a command that does not answer", { timeout: 5000 }, async () => {
    const result = await capture(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], { timeoutMs: 300 });
    assert.deepEqual(result, { code: 1, stdout: "", stderr: "no answer in 0.3 s" });
  });

  it("passes an interruption on", { timeout: 5000 }, async () => {
    const signal = AbortSignal.timeout(300);
    const running = capture(process.execPath, ["-e", "setTimeout(() => {}, 60000)"], {
      signal,
      timeoutMs: 60_000,
    });
    await assert.rejects(running, { name: "AbortError" });
  });
});
