import assert from "node:assert/strict";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";

import { projectFolder, stackFile } from "../support/graph.ts";
import { listAt } from "../../local/kube/json.ts";

const docs = path.join(projectFolder, "docs");
const guide = readFileSync(path.join(docs, "deploy.md"), "utf8");

test("what docs/deploy.md names is there, and what a stack's file must have changed is told", () => {
  const links = [...guide.matchAll(/\]\(([^)#:]+)\)/g)].map(([, link = ""]) => link);
  assert.ok(links.length >= 5);
  for (const link of links) assert.ok(existsSync(path.join(docs, link)), link);
  for (const file of readdirSync(path.join(docs, "deploy")))
    assert.ok(guide.includes(`deploy/${file}`), file);
  for (const stack of ["dev", "prod"])
    for (const admin of listAt(stackFile(stack), "cluster", "admins").map(String))
      assert.match(guide, new RegExp(admin.replace(/^.*:role\//, "role/")));
});

test("the costs in docs/deploy.md come to their sum", () => {
  const [, table = ""] = guide.split("## What an idle dev stack costs");
  const amounts = [...table.matchAll(/^\|.*\| *(\d+\.\d\d) *\|$/gm)].map(([, amount]) => Number(amount));
  assert.equal(amounts.length, 12);
  const sum = /\*\*(\d+\.\d\d)\*\*/.exec(table)?.[1];
  assert.equal(amounts.reduce((all, amount) => all + amount, 0).toFixed(2), sum);
});
