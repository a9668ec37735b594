import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

describe("npm run images", () => {
  const start = (
    args: readonly string[],
    path: string,
  ): { code: number | null; out: string; err: string } => {
    const script = fileURLToPath(new URL("../../images/build.ts", import.meta.url));
    const env = { ...process.env, PATH: path };
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, ...args], {
      env,
      encoding: "utf8",
    });
    return { code: status, out: stdout, err: stderr };
  };

  it("helps", () => {
    const { code, out, err } = start(["--help"], "");
    assert.equal(code, 0);
    assert.match(out, /^Builds the platform's images/);
    assert.equal(err, "");
  });

  it("ends with 2 where the command line is wrong, and 1 where it cannot work; no stack in either", () => {
    const usage = start(["spark-1"], "");
    assert.equal(
      usage.err,
      'images: No image "spark-1"; there are spark-4.0.4, spark-3.5.8, spark-operator, gateway.\n',
    );
    assert.equal(usage.code, 2);
    const noEngine = start([], "/nowhere");
    assert.match(noEngine.err, /^images: No engine to build images with: .*\n$/);
    assert.equal(noEngine.out, "");
    assert.equal(noEngine.code, 1);
  });
});
