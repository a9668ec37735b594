import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import { strFromU8, unzipSync } from "fflate";

import { readCode } from "../../jobs/code.ts";
import type { CodeBundle, Violation } from "../../jobs/manifest/index.ts";
import { prepareJob } from "../../jobs/prepare.ts";
import { standardDefaults } from "../../jobs/manifest/index.ts";
import { readObjects } from "../../stacks/objects.ts";

const root = mkdtempSync(path.join(tmpdir(), "spark-platform-code-"));
after(() => {
  rmSync(root, { recursive: true });
});

/** A folder with these files, path -> text. */
function folderOf(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(path.join(root, "folder-"));
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  return folder;
}

function bundleOf(code: unknown): CodeBundle {
  const read = readCode(code);
  assert.ok(read.ok, JSON.stringify(read));
  return read.value;
}

function wrong(code: unknown): readonly Violation[] {
  const read = readCode(code);
  assert.ok(!read.ok, "this is right");
  return read.violations;
}

function modules(bundle: CodeBundle): Readonly<Record<string, string>> {
  const zip = Buffer.from(bundle.binaryData["modules.zip"] ?? "", "base64");
  return Object.fromEntries(Object.entries(unzipSync(zip)).map(([file, bytes]) => [file, strFromU8(bytes)]));
}

test("text, a file and a folder of one file are the same code", () => {
  const folder = folderOf({ "main.py": "print(1)" });
  const inline = bundleOf({ inline: "print(1)" });
  assert.deepEqual(inline.data, { "main.py": "print(1)" });
  assert.deepEqual(bundleOf({ file: path.join(folder, "main.py") }), inline);
  assert.deepEqual(bundleOf({ folder, main: "main.py" }), inline);
});

test("a folder is its main file and a zip of the others, without what tools leave behind", () => {
  const folder = folderOf({
    "main.py": "import lib.util",
    "lib/__init__.py": "",
    "lib/util.py": "x = 1",
    "lib/__pycache__/util.cpython-312.pyc": "bytes",
    ".venv/lib/big.py": "y = 1",
    ".git/config": "z",
    "lib/.DS_Store": "z",
  });
  const bundle = bundleOf({ folder, main: "main.py" });
  assert.deepEqual(bundle.data, { "main.py": "import lib.util" });
  assert.deepEqual(bundle.pyFiles, ["modules.zip"]);
  assert.deepEqual(modules(bundle), { "lib/__init__.py": "", "lib/util.py": "x = 1" });
});

test("a link to a file is that file; a link to a folder, which may lead back, is refused", () => {
  const folder = folderOf({ "main.py": "pass", "lib/a.py": "a = 1" });
  symlinkSync(path.join(folder, "lib/a.py"), path.join(folder, "lib/b.py"));
  assert.deepEqual(modules(bundleOf({ folder, main: "main.py" })), {
    "lib/a.py": "a = 1",
    "lib/b.py": "a = 1",
  });
  // Two, since whoever follows them then never comes to an end.
  symlinkSync("..", path.join(folder, "lib/loop"));
  symlinkSync("../lib", path.join(folder, "lib/other"));
  const [violation, ...others] = wrong({ folder, main: "main.py" });
  assert.deepEqual([violation?.path, others], ["code.folder", []]);
  assert.match(violation?.problem ?? "", /lib\/loop is no file, nor a link to one/);
});

test("what cannot be read is told with its field, its path and the reason", () => {
  const folder = folderOf({ "main.py": "pass" });
  const cases: readonly (readonly [code: unknown, field: string, problem: RegExp])[] = [
    [{ file: "no/such.py" }, "code.file", /"no\/such.py" cannot be read: ENOENT/],
    [{ file: folder }, "code.file", /EISDIR/],
    [{ folder: "no/such", main: "main.py" }, "code.folder", /"no\/such" cannot be read: ENOENT/],
    [{ folder: path.join(folder, "main.py"), main: "main.py" }, "code.folder", /ENOTDIR/],
    [{ folder, main: "other.py" }, "code.main", /not among the files/],
    [{ folder, main: "../main.py" }, "code.main", /not a Python file at the top/],
    [{ inline: "x".repeat(1024 * 1024) }, "code", /too much for a ConfigMap/],
    [{ inline: "a", file: "b" }, "code", /./],
    [{ inline: 1 }, "code", /./],
    ["main.py", "code", /./],
  ];
  for (const [code, field, problem] of cases) {
    const found = wrong(code);
    assert.ok(
      found.some((each) => each.path.startsWith(field) && problem.test(each.problem)),
      JSON.stringify(found),
    );
  }
});

test("a job's violations and those of its code come together", () => {
  const prepared = prepareJob(
    standardDefaults,
    ["4.0.4"],
    { name: "Bad", executor: { cores: 0 } },
    { file: "no/such.py" },
  );
  const paths = prepared.ok ? [] : prepared.violations.map((each) => each.path);
  assert.deepEqual([...paths].sort(), ["code.file", "executor.cores", "name"]);
  const right = prepareJob(standardDefaults, ["4.0.4"], { name: "good" }, { inline: "pass" });
  assert.deepEqual(right.ok && [right.value.job.program, right.value.code?.mainFile], [
    { kind: "mounted" },
    "main.py",
  ]);
});

test("objects are texts: a binary file is refused, and what together is too large for a ConfigMap", () => {
  const folder = folderOf({ "a.txt": "ä", "large.txt": "x".repeat(500 * 1024) });
  writeFileSync(path.join(folder, "binary"), Buffer.from([0x50, 0x4b, 0xff, 0xfe]));
  const [text, large, binary] = ["a.txt", "large.txt", "binary"].map((file) => path.join(folder, file));
  assert.deepEqual(readObjects({ "code/a": text }), { ok: true, value: { "code/a": "ä" } });
  assert.ok(readObjects({ "code/a": large }).ok);
  const found = readObjects({ "code/a": large, "code/b": large, "code/c": binary, "code/d": "no/such" });
  assert.deepEqual(found.ok ? [] : found.violations.map((each) => each.path), [
    'storage.objects["code/c"]',
    'storage.objects["code/d"]',
    "storage.objects",
  ]);
  assert.deepEqual(readObjects(undefined), { ok: true, value: {} });
});
