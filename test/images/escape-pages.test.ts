import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";
import { runInNewContext } from "node:vm";

import { strFromU8, strToU8, unzipSync, zipSync } from "fflate";

import type { PageScript } from "../../images/spark/pages/scripts.ts";
import { rows, sparkRecipe, type VersionRow } from "../../images/versions.ts";

const program = fileURLToPath(new URL("../../images/spark/escape-pages.py", import.meta.url));
const root = await mkdtemp(join(tmpdir(), "escape pages "));
after(() => rm(root, { recursive: true }));

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");
const path = "org/apache/spark/ui/static/utils.js";
const text = "one(two);\nthree;";
const script: PageScript = {
  jar: "spark-core",
  path,
  sha256: sha256(text),
  edits: [{ before: "one(two)", after: "one(escaped(two))" }],
  append: "four;",
};

interface Outcome {
  readonly code: number;
  readonly stderr: string;
  /** Path in the jar -> text, of what is there afterwards. */
  readonly files: Readonly<Record<string, string>>;
  /** Milliseconds since 1970. */
  readonly modified: number;
}

/** Runs the step on a folder with one jar of this name, in which the script has this text. */
async function escape(
  wanted: PageScript,
  content = text,
  name = "spark-core_2.13-4.0.4.jar",
): Promise<Outcome> {
  const folder = await mkdtemp(join(root, "jars "));
  const jar = join(folder, name);
  await writeFile(
    jar,
    zipSync({ "META-INF/MANIFEST.MF": strToU8("a"), [path]: strToU8(content), "b.class": strToU8("b") }),
  );
  const scripts = join(folder, "page-scripts.json");
  await writeFile(scripts, JSON.stringify([wanted]));
  const { code, stderr } = await new Promise<{ code: number; stderr: string }>((resolve) => {
    execFile("python3", [program, scripts, folder], (error, _stdout, stderr) => {
      resolve({ code: error === null ? 0 : Number(error.code), stderr });
    });
  });
  const entries = Object.entries(unzipSync(await readFile(jar)));
  const files = Object.fromEntries(entries.map(([file, bytes]) => [file, strFromU8(bytes)]));
  return { code, stderr, files, modified: (await stat(jar)).mtimeMs };
}

describe("escape-pages.py", () => {
  it("changes the script in the jar, and nothing else", async () => {
    const { code, files, modified } = await escape(script);
    assert.equal(code, 0);
    assert.deepEqual(Object.entries(files), [
      ["META-INF/MANIFEST.MF", "a"],
      [path, "one(escaped(two));\nthree;\nfour;"],
      ["b.class", "b"],
    ]);
    assert.equal(modified, 0);
  });

  it("ends where the script is another, and says both checksums", async () => {
    const { code, stderr, files } = await escape(script, `${text} `);
    assert.equal(code, 1);
    assert.ok(
      stderr.includes(
        `${path} in spark-core_2.13-4.0.4.jar has SHA-256 ${sha256(`${text} `)}, not ${script.sha256}`,
      ),
    );
    assert.equal(files[path], `${text} `);
  });

  it("ends where what is to be replaced is not there once", async () => {
    for (const content of ["three;", "one(two);one(two)"]) {
      const { code, stderr, files } = await escape({ ...script, sha256: sha256(content) }, content);
      assert.equal(code, 1);
      assert.match(stderr, /has [02] times one\(two\)/);
      assert.equal(files[path], content);
    }
  });

  it("ends where the jar is missing", async () => {
    const { code, stderr } = await escape(script, text, "spark-sql_2.13-4.0.4.jar");
    assert.equal(code, 1);
    assert.match(stderr, /0 files spark-core_\*\.jar/);
  });
});

describe("the scripts of Spark's pages", () => {
  const table: readonly VersionRow[] = rows;
  for (const row of table) {
    it(`Spark ${row.spark}: are pinned, and in the image's tag`, () => {
      const { pageScripts } = row;
      for (const { sha256: pinned } of pageScripts) assert.match(pinned, /^[0-9a-f]{64}$/);
      assert.equal(new Set(pageScripts.map((each) => each.path)).size, pageScripts.length);
      assert.equal(sparkRecipe(row).files?.["page-scripts.json"], JSON.stringify(pageScripts));
    });

    it(`Spark ${row.spark}: escape answers, labels, links and clusters`, () => {
      const changed = row.pageScripts
        .flatMap(({ edits, append }) => [...edits.map(({ after }) => after), append])
        .join("\n");
      for (const part of ["ajaxSetup", "graphlibDot.read = ", "https?:", "createTextNode", "quot|#039"])
        assert.ok(changed.includes(part), part);
    });
  }

  it("make text of all that the REST API says, names included, and leave numbers alone", () => {
    const parse = answerParser();
    assert.deepEqual(parse('{"<b>": ["&", {"a\'": "\\"<"}], "n": 1, "no": null, "__proto__": "<"}'), {
      "&lt;b&gt;": ["&amp;", { "a&#039;": "&quot;&lt;" }],
      n: 1,
      no: null,
      ["__proto__"]: "&lt;",
    });
  });

  it("leave three tags in a graph's labels", () => {
    const spoiled = "<b>a</b><br>b<img src=x><b onclick=x><B><br/></script>&lt;";
    const label = "<b>a</b><br>b&lt;img src=x>&lt;b onclick=x>&lt;B>&lt;br/>&lt;/script>&lt;";
    assert.deepEqual(labelsOf(spoiled), { node: label, edge: label });
  });
});

const appended = (name: string): string =>
  rows[0].pageScripts.find(({ path: file }) => file.endsWith(`/${name}`))?.append ?? "";

/** How the pages read an answer of the REST API. */
function answerParser(): (text: string) => unknown {
  const settings: { parse?: (text: string) => unknown } = {};
  const ajaxSetup = ({ converters }: { converters: Record<string, (text: string) => unknown> }): void => {
    const parse = converters["text json"];
    if (parse !== undefined) settings.parse = parse;
  };
  runInNewContext(appended("webui.js"), { $: { ajaxSetup }, JSON, Object, Array });
  const { parse } = settings;
  assert.ok(parse !== undefined);
  return parse;
}

/** What becomes of a label, at a node and at an edge. */
function labelsOf(label: string): { readonly node: string; readonly edge: string } {
  const node = { labelType: "html", label };
  const edge = { ...node };
  const graph = { nodes: () => ["1"], node: () => node, edges: () => ["2"], edge: () => edge };
  const graphlibDot = { read: () => graph };
  runInNewContext(appended("graphlib-dot.min.js"), { graphlibDot });
  graphlibDot.read();
  return { node: node.label, edge: edge.label };
}
