import assert from "node:assert/strict";
import { dirname, join, normalize } from "node:path";
import { describe, it } from "node:test";
import { z } from "zod";
import { gatewayRecipe } from "../../images/gateway/recipe.ts";

const { files } = gatewayRecipe;
const code = Object.entries(files).filter(([path]) => path.endsWith(".ts"));
/** Whatever a file imports at run time: of it, types are gone by then. */
const imports = code.flatMap(([path, text]) =>
  [...text.matchAll(/^(?:import|export) (?!type )[^;]*?from "([^"]+)"|\bimport\("([^"]+)"\)/gm)].map(
    ([, from, dynamic]) => ({ path, from: from ?? dynamic ?? "" }),
  ),
);
const { dependencies } = z
  .object({ dependencies: z.record(z.string(), z.string()) })
  .parse(JSON.parse(files["gateway/package.json"] ?? ""));

describe("the gateway's image", () => {
  it("has every file of the project that its code imports", () => {
    const missing = imports
      .filter(({ from }) => from.startsWith("."))
      .filter(({ path, from }) => !(normalize(join(dirname(path), from)) in files));
    assert.deepEqual(missing, []);
    assert.ok(imports.some(({ from }) => from.endsWith("jobs/manifest/index.ts")));
  });

  it("has every package that its code imports, by the gateway's own package.json", () => {
    const packages = imports
      .map(({ from }) => from)
      .filter((from) => !from.startsWith(".") && !from.startsWith("node:"))
      .map((from) => /^(?:@[^/]+\/)?[^/]+/.exec(from)?.[0] ?? "");
    assert.deepEqual(
      [...new Set(packages)].filter((name) => !(name in dependencies)),
      [],
    );
    assert.ok(packages.includes("fastify"));
  });

  it("holds no test and nothing of the stack", () => {
    const folders = new Set(code.map(([path]) => path.split("/").slice(0, 2).join("/")));
    assert.deepEqual([...folders].sort(), ["gateway/src", "jobs/manifest"]);
  });
});
