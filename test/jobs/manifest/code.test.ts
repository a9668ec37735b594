import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { test } from "node:test";

import fc from "fast-check";
import { strToU8, unzipSync } from "fflate";

import { codeBundle, maxCodeBytes } from "../../../jobs/manifest/index.ts";
import type { CodeBundle, SourceFile } from "../../../jobs/manifest/index.ts";

const file = (path: string, content: string | Uint8Array = "x = 1\n"): SourceFile => ({
  path,
  content: typeof content === "string" ? strToU8(content) : content,
});

function bundled(files: readonly SourceFile[], main = "main.py"): CodeBundle {
  const result = codeBundle(files, main);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function refused(files: readonly SourceFile[], main = "main.py"): string {
  const result = codeBundle(files, main);
  assert.ok(!result.ok);
  return result.violations
    .map(({ path, problem, expected }) => `${path}: ${problem}; ${expected}`)
    .join("\n");
}

/** Bytes that no compression makes smaller. */
function noise(length: number): Uint8Array {
  let state = 1;
  return Uint8Array.from({ length }, () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state >>> 24;
  });
}

test("one file is one key of text", () => {
  const { mainFile, pyFiles, data, binaryData } = bundled([file("main.py", "print('ä')\n")]);
  assert.deepEqual(
    { mainFile, pyFiles, data, binaryData },
    {
      mainFile: "main.py",
      pyFiles: [],
      data: { "main.py": "print('ä')\n" },
      binaryData: {},
    },
  );
});

test("text comes back byte for byte, and what is no UTF-8 is binary", () => {
  assert.equal(bundled([file("main.py", "\uFEFFx = 1\n")]).data["main.py"], "\uFEFFx = 1\n");
  const latin = Uint8Array.from([0x23, 0xe4, 0x0a]);
  assert.deepEqual(bundled([file("main.py", latin)]).binaryData, {
    "main.py": Buffer.from(latin).toString("base64"),
  });
});

test("a folder is its main file and a zip of the rest", () => {
  const bundle = bundled([
    file("main.py", "import lib.util\n"),
    file("lib/util.py", "y = 2\n"),
    file("lib/__init__.py", ""),
  ]);
  assert.deepEqual(bundle.pyFiles, ["modules.zip"]);
  assert.deepEqual(Object.keys(bundle.data), ["main.py"]);
  const content = unzipSync(Buffer.from(bundle.binaryData["modules.zip"] ?? "", "base64"));
  assert.deepEqual(Object.keys(content), ["lib/__init__.py", "lib/util.py"]);
  assert.equal(Buffer.from(content["lib/util.py"] ?? []).toString(), "y = 2\n");
});

test("the same files give the same bytes in any order; other content another hash", () => {
  const path = fc.stringMatching(/^[a-z]{1,8}(?:\/[a-z0-9]{1,8}){0,2}$/);
  const modules = fc.uniqueArray(fc.tuple(path, fc.uint8Array()), {
    selector: ([name]) => name,
    minLength: 1,
  });
  fc.assert(
    fc.property(modules, (entries) => {
      const files = [file("main.py"), ...entries.map(([name, content]) => file(name, content))];
      assert.deepEqual(bundled([...files].reverse()), bundled(files));
      const changed = [file("main.py", "x = 2\n"), ...files.slice(1)];
      assert.notEqual(bundled(changed).sha256, bundled(files).sha256);
    }),
    { numRuns: 50 },
  );
});

test("the bytes do not depend on the time zone", () => {
  const script = `import { codeBundle } from "./jobs/manifest/index.ts";
    const files = ["main.py", "a.py"].map((path) => ({ path, content: new Uint8Array([35]) }));
    console.log(JSON.stringify(codeBundle(files, "main.py")));`;
  const root = new URL("../../..", import.meta.url);
  const inZone = (TZ: string): string =>
    execFileSync(process.execPath, ["--input-type=module", "-e", script], {
      cwd: root,
      env: { TZ },
      encoding: "utf8",
    });
  assert.equal(inZone("Pacific/Auckland"), inZone("America/Los_Angeles"));
});

test("the limit counts the bytes that the API server counts, and names S3", () => {
  assert.ok(codeBundle([file("main.py", noise(maxCodeBytes))], "main.py").ok);
  assert.match(refused([file("main.py", noise(maxCodeBytes + 1))]), /^code: .*921601 bytes.*s3a:\/\//);
  // Base64 makes a third more of it, which is only how it travels.
  assert.ok(codeBundle([file("main.py"), file("data.bin", noise(maxCodeBytes - 1000))], "main.py").ok);
  assert.match(refused([file("main.py"), file("data.bin", noise(maxCodeBytes))]), /zipped/);
});

test("refused, with the path", () => {
  assert.match(refused([]), /^code: has no files/);
  assert.match(refused([file("main.py", "")]), /^code\.main: "main\.py" is empty/);
  assert.match(refused([file("other.py")]), /^code\.main: "main\.py" is not among/);
  assert.match(refused([file("src/main.py")], "src/main.py"), /^code\.main: .*top/);
  assert.match(refused([file("main.sh")], "main.sh"), /^code\.main: .*Python/);
  assert.match(refused([file("main.py"), file("main.py")]), /^code\.files\[1\]: "main\.py" is there twice/);
  for (const path of [
    "../x.py",
    "/x.py",
    "a//b.py",
    "a/./b.py",
    "",
    "a\\b.py",
    "c:x.py",
    "a\0b",
    "__proto__",
    "a/",
  ]) {
    assert.match(refused([file("main.py"), file(path)]), /^code\.files\[1\]: /, path);
  }
});

test("all of it at once", () => {
  assert.equal(refused([file("../a"), file("/b")], "c.py").split("\n").length, 3);
});
