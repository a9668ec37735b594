import assert from "node:assert/strict";
import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { projectFolder } from "../support/graph.ts";
import { parseJson, recordAt } from "../../local/kube/json.ts";
import { anchors, documents, prose, quoted, readDocument, type Document } from "./documents.ts";

const scripts = Object.keys(recordAt(parseJson(readDocument("package.json")), "scripts"));
const inProject = (...parts: readonly string[]): string => path.join(projectFolder, ...parts);
const names = (folder: string): string[] => readdirSync(inProject(folder)).sort();
const folderOf = ({ file }: Document): string => path.dirname(file);

/** What a document tells its reader to make, or what a program makes. */
const toBeMade = new Set(["stacks/Pulumi.staging.yaml", ".cache/demo/"]);

/** What would have to be found, each with the document that names it; those that are not. */
function missing(find: (document: Document) => readonly string[]): readonly string[] {
  return documents.flatMap((document) => find(document).map((name) => `${document.file}: ${name}`));
}

test("the README leads to every document", () => {
  const files = documents.map(({ file }) => file);
  for (const file of ["README.md", "docs/security.md", "gateway/README.md", "clients/python/README.md"])
    assert.ok(files.includes(file), file);
  const readme = readDocument("README.md");
  for (const file of files.filter((each) => each !== "README.md"))
    assert.ok(readme.includes(`](${file})`), `README.md has no link to ${file}`);
});

test("every relative link leads to a file, and every anchor to a heading", () => {
  const links = ({ text }: Document): string[] =>
    [...prose(text).matchAll(/\]\(([^)\s]+)\)/g)]
      .map(([, link = ""]) => link)
      .filter((link) => !/^[a-z]+:/.test(link));
  assert.ok(documents.flatMap(links).length >= 150);
  const wrong = missing((document) =>
    links(document).filter((link) => {
      const [file = "", anchor] = link.split("#");
      const target = file === "" ? document.file : path.join(folderOf(document), file);
      if (!existsSync(inProject(target))) return true;
      return anchor !== undefined && !anchors(readDocument(target)).has(anchor);
    }),
  );
  assert.deepEqual(wrong, []);
});

test("every script that is named is one of package.json, and every one of package.json is told of", () => {
  const named = ({ text }: Document): string[] => [
    ...[...text.matchAll(/\bnpm run (?:--silent )?([\w:-]+)/g)].map(([, name = ""]) => name),
    ...(/\bnpm test\b/.test(text) ? ["test"] : []),
  ];
  const wrong = missing((document) => named(document).filter((name) => !scripts.includes(name)));
  assert.deepEqual(wrong, []);
  const told = new Set(documents.flatMap(named));
  // `format` is a convenience of an editor's; what npm runs by itself before a script is a part of that.
  const ofItself = (name: string): boolean => name.startsWith("pre") && scripts.includes(name.slice(3));
  assert.deepEqual(
    scripts.filter((name) => !told.has(name) && name !== "format" && !ofItself(name)),
    [],
  );
});

test("every suite and every bench that is named is there, and contributing.md has every suite", () => {
  const suites = names("test/e2e/suites").map((file) => file.replace(/\.ts$/, ""));
  const benches = names("test/bench").map((file) => file.replace(/\.ts$/, ""));
  const named = (text: string, script: string): readonly string[] =>
    quoted(text).flatMap((word) => {
      const [, list] = new RegExp(`^npm run ${script} (?:-- )?([a-z][a-z -]*)$`).exec(word) ?? [];
      return list?.split(" ") ?? [];
    });
  const wrong = missing(({ text }) => [
    ...named(text, "e2e").filter((name) => !suites.includes(name)),
    ...named(text, "bench").filter((name) => !benches.includes(name)),
  ]);
  assert.deepEqual(wrong, []);
  const told = named(readDocument("docs/contributing.md"), "e2e");
  assert.deepEqual(
    suites.filter((suite) => !told.includes(suite)),
    [],
  );
});

test("every path that looks like one of the project's is there", () => {
  // The first part is one of the project's own, or of the document's folder: a path elsewhere, as in a bucket, is not.
  const isOwn = (name: string, folder: string): boolean =>
    existsSync(inProject(folder, name.slice(0, name.indexOf("/"))));
  const paths = (document: Document): string[] =>
    quoted(document.text).filter(
      (word) =>
        /^[\w.-]+(\/[\w.-]+)+\/?$|^[\w.-]+\/$/.test(word) &&
        !toBeMade.has(word) &&
        ["", folderOf(document)].some((folder) => isOwn(word, folder)),
    );
  assert.ok(documents.flatMap(paths).length >= 50);
  const wrong = missing((document) =>
    paths(document).filter(
      (name) => !existsSync(inProject(name)) && !existsSync(inProject(folderOf(document), name)),
    ),
  );
  assert.deepEqual(wrong, []);
});

test("every program that is to be run by node is there", () => {
  const programs = ({ text }: Document): string[] =>
    [...text.matchAll(/\bnode (?:--test )?(?:--test-update-snapshots )?([\w./-]+\.ts)\b/g)].map(
      ([, file = ""]) => file,
    );
  assert.ok(documents.flatMap(programs).length >= 5);
  assert.deepEqual(
    missing((document) => programs(document).filter((file) => !existsSync(inProject(file)))),
    [],
  );
});
