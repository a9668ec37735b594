import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { recipes } from "../../../images/versions.ts";
import { baseImages, type BaseImage } from "../../../local/cluster/bare/base-images.ts";
import { ownImages, pathOf, recipeOf } from "../../../local/cluster/bare/images.ts";
import { isRecord } from "../../../local/kube/json.ts";
import { evaluateStack, stackFile } from "../../support/graph.ts";

const registry = "registry.example.org/own";
const names = new Set(baseImages.map(({ reference }) => reference));
const delivered = new Set(baseImages.filter((one) => one.delivered).map(({ reference }) => reference));

/** The texts of all fields `image`, however deep. */
function imagesIn(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap(imagesIn);
  if (!isRecord(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "image" && typeof inner === "string" ? [inner] : imagesIn(inner),
  );
}

describe("the bare node's images", () => {
  it("are all that the local stack runs, of the same versions", async () => {
    const graph = await evaluateStack({ ...stackFile("local"), images: { registry } });
    const used = new Set(graph.registrations.flatMap(({ inputs }) => imagesIn(inputs)));
    const foreign = [...used].filter((image) => !image.startsWith(`${registry}/`));
    assert.ok(foreign.length >= 4, foreign.join());
    assert.deepEqual(
      foreign.filter((image) => !delivered.has(image)),
      [],
    );
  });

  it("are what the platform's own images are built on", () => {
    const own = recipes.filter(({ name }) => ownImages.includes(name));
    assert.equal(own.length, ownImages.length);
    for (const { base } of own) assert.ok(names.has(base), base);
  });

  it("are built after what they are built on", () => {
    const before = new Set<string>(["scratch"]);
    for (const { reference, dockerfile } of baseImages) {
      for (const [, base = ""] of dockerfile.matchAll(/^FROM (\S+)/gm))
        assert.ok(before.has(base), reference);
      before.add(reference);
    }
  });

  it("are others with another Dockerfile, and with other files in them", () => {
    const [first] = baseImages;
    assert.ok(first !== undefined);
    const image: BaseImage = { ...first, inputs: () => ["a"] };
    const recipesOf = [image, { ...image, dockerfile: "FROM scratch" }, { ...image, inputs: () => ["b"] }];
    assert.equal(new Set(recipesOf.map(recipeOf)).size, 3);
  });

  it("are mirrored under their names without the registry", () => {
    assert.equal(pathOf("ghcr.io/dexidp/dex:v2.45.1"), "dexidp/dex:v2.45.1");
  });
});
