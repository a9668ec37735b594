import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { defaultRegistry, helpText, parseCommandLine, type Options } from "../../images/args.ts";
import { UsageError } from "../../images/errors.ts";
import { mavenCentral } from "../../images/maven.ts";
import { recipes } from "../../images/versions.ts";

const parse = (args: readonly string[], env: NodeJS.ProcessEnv = {}): Options =>
  parseCommandLine(args, env, recipes);
const names = (options: Options): string[] => options.recipes.map(({ name }) => name);

describe("the command line", () => {
  it("builds all by default, here only, on the public bases", () => {
    const options = parse([]);
    assert.deepEqual(options, {
      help: false,
      recipes,
      registry: defaultRegistry,
      save: undefined,
      load: undefined,
      push: undefined,
      bases: new Map(),
      engine: undefined,
      mavenRepository: mavenCentral,
    });
  });

  it("takes names, in the table's order, each once", () => {
    assert.deepEqual(names(parse(["spark-operator", "spark-4.0.4", "spark-operator"])), [
      "spark-4.0.4",
      "spark-operator",
    ]);
  });

  it("takes every option", () => {
    const options = parse([
      ...["--push-to", "127.0.0.1:5001/p", "--registry", "local.example", "--engine", "buildah"],
      ...[
        "--base",
        "spark-4.0.4=mirror.example/spark:4.0.4",
        "--base=spark-operator=mirror.example/op@sha256:ab=c",
      ],
      ...["--maven-repository", "https://mirror.example/maven", "--help"],
    ]);
    assert.deepEqual(options.push, { kind: "registry", registry: "127.0.0.1:5001/p" });
    assert.equal(options.registry, "local.example");
    assert.equal(options.engine, "buildah");
    assert.equal(options.bases.get("spark-4.0.4"), "mirror.example/spark:4.0.4");
    assert.equal(options.bases.get("spark-operator"), "mirror.example/op@sha256:ab=c");
    assert.equal(options.mavenRepository, "https://mirror.example/maven");
    assert.equal(options.help, true);
  });

  it("pushes to the registry of a stack: the selected one, or the one that is named", () => {
    assert.deepEqual(parse(["--push"]).push, { kind: "stack", stack: undefined });
    const options = parse(["--push", "spark-4.0.4", "--stack", "org/spark-platform/prod"]);
    assert.deepEqual(options.push, { kind: "stack", stack: "org/spark-platform/prod" });
    assert.deepEqual(names(options), ["spark-4.0.4"]);
  });

  it("saves what it builds, or pushes what was saved", () => {
    assert.equal(parse(["--save", "archives"]).save, "archives");
    const { load, push } = parse(["--load", "archives", "--push"]);
    assert.deepEqual([load, push], ["archives", { kind: "stack", stack: undefined }]);
  });

  it("takes the repository from the environment where no option gives it", () => {
    const env = { MAVEN_REPOSITORY: "http://env.example" };
    assert.equal(parse([], env).mavenRepository, "http://env.example");
    assert.equal(
      parse(["--maven-repository", "http://arg.example"], env).mavenRepository,
      "http://arg.example",
    );
    assert.equal(parse([], { MAVEN_REPOSITORY: "" }).mavenRepository, mavenCentral);
  });

  const wrong: readonly (readonly [readonly string[], RegExp])[] = [
    [
      ["spark-9.9.9"],
      /^No image "spark-9\.9\.9"; there are spark-4\.0\.4, spark-3\.5\.8, spark-operator, gateway\.$/,
    ],
    [["--nonsense"], /--nonsense/],
    [["--push=r.example"], /--push/],
    [["--push", "r.example/p"], /^No image "r\.example\/p"/],
    [["--push-to"], /--push-to/],
    [["--push", "--push-to", "r.example"], /^--push is to the stack's registry, --push-to to another/],
    [["--stack", "prod"], /^--stack says whose registry --push is to\.$/],
    [["--stack", "prod", "--push-to", "r.example"], /^--stack says whose/],
    [["--push-to", "https://r.example"], /^--push-to: "https:\/\/r\.example" is no registry: HOST/],
    [["--registry", ""], /^--registry: "" is no registry/],
    [["--base", "mirror.example/spark"], /^--base: "mirror\.example\/spark" is not IMAGE=REFERENCE/],
    [["--base", "spark=mirror.example/spark"], /^No image "spark"; there are/],
    [["--base", "spark-4.0.4="], /is not IMAGE=REFERENCE/],
    [["--save"], /--save/],
    [["--load", "a", "--save", "b"], /^--load builds nothing: give neither --save nor --base with it\.$/],
    [["--load", "a", "--base", "spark-4.0.4=mirror.example/s:1"], /^--load builds nothing/],
    [["--engine", "podman"], /^--engine: "podman" is none; there are docker and buildah\.$/],
    [
      ["--maven-repository", "ftp://me:secret@r.example"],
      /^--maven-repository: not an http\(s\) address, for example/,
    ],
    [["--maven-repository", "mirror"], /not an http\(s\) address/],
  ];
  for (const [args, message] of wrong) {
    it(`refuses ${args.join(" ")}`, () => {
      assert.throws(
        () => parse(args),
        (error) => {
          assert.ok(error instanceof UsageError);
          assert.match(error.message, message);
          assert.doesNotMatch(error.message, /secret/);
          return true;
        },
      );
    });
  }

  it("explains every option and image", () => {
    const text = helpText(recipes);
    for (const word of [
      "--push ",
      "--push-to",
      "--stack",
      "--registry",
      "--base",
      "--engine",
      "--maven-repository",
      "--help",
      "MAVEN_REPOSITORY",
    ]) {
      assert.ok(text.includes(word), word);
    }
    for (const { name } of recipes) assert.ok(text.includes(name), name);
  });
});
