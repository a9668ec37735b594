import assert from "node:assert/strict";
import { describe, it } from "node:test";
import fc from "fast-check";
import {
  buildHash,
  imageReference,
  isLoopback,
  jarFile,
  jarPath,
  recipeHash,
  recipeTag,
  registryProblem,
  smallJars,
  type Recipe,
} from "../../images/recipe.ts";
import { gatewayRecipe } from "../../images/gateway/recipe.ts";
import { rowOf, sparkRecipe } from "../../images/versions.ts";

const recipe = sparkRecipe(rowOf("3.5.8"));
const { row } = recipe;
const { jars } = row;

describe("a tag", () => {
  it("is the version and the start of the hash", () => {
    assert.equal(recipeTag(recipe), `3.5.8-${recipeHash(recipe).slice(0, 12)}`);
    assert.equal(recipeTag(structuredClone(recipe)), recipeTag(recipe));
  });

  const changes: Record<string, Recipe> = {
    "the Dockerfile": { ...recipe, dockerfile: `${recipe.dockerfile}\n` },
    "the check": { ...recipe, checkScript: `${recipe.checkScript}#` },
    "a file that is added": { ...recipe, files: { a: "" } },
    "the base": { ...recipe, base: "docker.io/apache/spark:3.5.8-java17" },
    "a version of the row": { ...recipe, row: { ...row, hadoop: "3.3.6" } },
    "the SDK's checksum": {
      ...recipe,
      row: { ...row, jars: { ...jars, sdk: { ...jars.sdk, sha256: "0".repeat(64) } } },
    },
    "a small jar's checksum": {
      ...recipe,
      row: { ...row, jars: { ...jars, hadoopAws: { ...jars.hadoopAws, sha256: "0".repeat(64) } } },
    },
    "a jar's version": {
      ...recipe,
      row: { ...row, jars: { ...jars, committers: { ...jars.committers, version: "3.5.7" } } },
    },
  };
  for (const [what, changed] of Object.entries(changes)) {
    it(`changes with ${what}`, () => {
      assert.notEqual(recipeTag(changed), recipeTag(recipe));
    });
  }

  it("is valid for any content", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (dockerfile, checkScript) => {
        assert.match(recipeTag({ ...recipe, dockerfile, checkScript }), /^\w[\w.-]{0,127}$/);
      }),
    );
  });

  it("tells texts apart wherever the border between them lies", () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.string(), (a, b, c) => {
        const left = recipeHash({ ...recipe, dockerfile: a + b, checkScript: c });
        assert.notEqual(left, recipeHash({ ...recipe, dockerfile: a, checkScript: b + c }));
      }),
    );
  });
});

describe("the gateway's tag", () => {
  it("changes with the text of a file, with its name, the base and the Dockerfile", () => {
    const { files, base, dockerfile } = gatewayRecipe;
    const path = "gateway/src/main.ts";
    const { [path]: main = "", ...others } = files;
    const changed = [
      { ...gatewayRecipe, files: { ...files, [path]: `${main}\n` } },
      { ...gatewayRecipe, files: { ...others, "gateway/src/start.ts": main } },
      { ...gatewayRecipe, base: `${base}x` },
      { ...gatewayRecipe, dockerfile: `${dockerfile}\n` },
    ];
    const tags = [gatewayRecipe, ...changed].map(recipeTag);
    assert.equal(new Set(tags).size, tags.length);
  });
});

describe("the build hash", () => {
  it("changes with the base's id and with the recipe", () => {
    assert.equal(buildHash(recipe, "a"), buildHash(recipe, "a"));
    assert.notEqual(buildHash(recipe, "a"), buildHash(recipe, "b"));
    assert.notEqual(buildHash(recipe, "a"), buildHash({ ...recipe, dockerfile: "" }, "a"));
  });
});

describe("jars", () => {
  it("lie where a Maven repository keeps them", () => {
    assert.equal(
      jarPath(jars.sdk),
      "com/amazonaws/aws-java-sdk-bundle/1.12.262/aws-java-sdk-bundle-1.12.262.jar",
    );
    assert.equal(jarPath(jars.hadoopAws), "org/apache/hadoop/hadoop-aws/3.3.4/hadoop-aws-3.3.4.jar");
  });

  it("beside the bundle are hadoop-aws and the committers", () => {
    assert.deepEqual(smallJars(row).map(jarFile), [
      "hadoop-aws-3.3.4.jar",
      "spark-hadoop-cloud_2.12-3.5.8.jar",
    ]);
  });
});

describe("registries", () => {
  const good = [
    "localhost/spark-platform",
    "localhost:5000",
    "127.0.0.1:5001",
    "[::1]:5000/a",
    "registry.example.com:8443/team/spark_platform",
    "123456789012.dkr.ecr.eu-central-1.amazonaws.com",
    "user",
  ];
  const bad = [
    "",
    "https://r.example",
    "r.example/",
    "/r",
    "r.example/Team",
    "r.example//a",
    "r example",
    "r:x",
    "-r",
  ];
  for (const registry of good) {
    it(`takes ${registry}`, () => {
      assert.equal(registryProblem(registry), undefined);
      assert.equal(imageReference(registry, "spark", "1").reference, `${registry}/spark:1`);
    });
  }
  for (const registry of bad) {
    it(`refuses "${registry}"`, () => {
      assert.match(registryProblem(registry) ?? "", /is no registry: HOST\[:PORT\]/);
    });
  }

  it("answers quickly to any text", { timeout: 5000 }, () => {
    registryProblem(`${"a-".repeat(20_000)}!`);
    registryProblem(`a/${"a__".repeat(20_000)}!`);
  });

  it("are on this machine only by a loopback name", () => {
    for (const registry of ["localhost", "localhost:5000/a", "127.0.0.1:5001", "127.8.8.8/a", "[::1]:5000"]) {
      assert.equal(isLoopback(registry), true, registry);
    }
    for (const registry of [
      "localhost.example.com",
      "127.0.0.1.example.com",
      "r127.0.0.1",
      "r.example/localhost",
      "10.0.0.1:5000",
      "",
    ]) {
      assert.equal(isLoopback(registry), false, registry);
    }
  });
});
