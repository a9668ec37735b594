import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { gatewayRecipe } from "../../images/gateway/recipe.ts";
import { recipeTag, smallJars } from "../../images/recipe.ts";
import {
  defaultSparkVersion,
  gatewayImage,
  isSparkVersion,
  operatorImage,
  operatorSparkVersion,
  recipes,
  rowOf,
  rows,
  sparkImage,
  sparkRecipe,
  type SparkVersion,
  type VersionRow,
} from "../../images/versions.ts";

const table: readonly VersionRow[] = rows;

describe("the rows", () => {
  for (const row of table) {
    it(`Spark ${row.spark}: every jar is of the row's versions and pinned`, () => {
      const { sdk, hadoopAws, committers } = row.jars;
      assert.equal(sdk.version, row.awsSdk);
      assert.equal(hadoopAws.artifact, "hadoop-aws");
      assert.equal(hadoopAws.version, row.hadoop);
      assert.equal(committers.artifact, `spark-hadoop-cloud_${row.scala}`);
      assert.deepEqual(committers.version.split(".").slice(0, 2), row.spark.split(".").slice(0, 2));
      for (const jar of [sdk, ...smallJars(row)]) assert.match(jar.sha256, /^[0-9a-f]{64}$/);
    });

    it(`Spark ${row.spark}: the SDK's generation is the one that its Hadoop uses`, () => {
      const [major, minor] = row.hadoop.split(".").map(Number);
      const second = major === 3 && minor !== undefined && minor >= 4;
      const { group, artifact } = row.jars.sdk;
      assert.equal(
        `${group}:${artifact}`,
        second ? "software.amazon.awssdk:bundle" : "com.amazonaws:aws-java-sdk-bundle",
      );
    });
  }

  it("are one a Spark version, each checksum one file", () => {
    assert.equal(new Set(table.map(({ spark }) => spark)).size, table.length);
    const jars = table.flatMap((row) => [row.jars.sdk, ...smallJars(row)]);
    const files = new Set(jars.map(({ group, artifact, version }) => `${group}:${artifact}:${version}`));
    assert.equal(new Set(jars.map(({ sha256 }) => sha256)).size, files.size);
  });

  it("are found by version", () => {
    for (const row of rows) assert.equal(rowOf(row.spark), row);
    assert.equal(rowOf(defaultSparkVersion).spark, defaultSparkVersion);
    assert.equal(isSparkVersion("4.0.4"), true);
    assert.equal(isSparkVersion("4.0"), false);
    assert.equal(isSparkVersion("toString"), false);
  });
});

describe("image names", () => {
  it("are those of the recipes, below the registry", () => {
    const spark = sparkImage("registry.example.com/team", "3.5.8");
    assert.equal(spark.registry, "registry.example.com/team");
    assert.equal(spark.repository, "spark");
    assert.match(spark.tag, /^3\.5\.8-[0-9a-f]{12}$/);
    assert.equal(spark.reference, `registry.example.com/team/spark:${spark.tag}`);

    const operator = operatorImage("127.0.0.1:5001");
    assert.equal(operator.repository, "spark-operator");
    assert.match(operator.tag, /^2\.5\.2-[0-9a-f]{12}$/);
    assert.equal(operator.reference, `127.0.0.1:5001/spark-operator:${operator.tag}`);
  });

  it("default to the default version", () => {
    assert.deepEqual(sparkImage("r.example"), sparkImage("r.example", defaultSparkVersion));
  });

  it("are the tags that the build makes, all different", () => {
    const versions: SparkVersion[] = rows.map(({ spark }) => spark);
    const tags = [
      ...versions.map((version) => sparkImage("r.example", version).tag),
      operatorImage("r.example").tag,
      gatewayImage("r.example").tag,
    ];
    assert.deepEqual(recipes.map(recipeTag), tags);
    assert.equal(new Set(tags).size, recipes.length);
    assert.equal(new Set(recipes.map(({ name }) => name)).size, recipes.length);
  });

  it("refuse what is no registry", () => {
    assert.throws(() => sparkImage("https://r.example"), /"https:\/\/r\.example" is no registry: HOST/);
    assert.throws(() => operatorImage(""), /is no registry/);
  });
});

describe("the Dockerfiles", () => {
  const argument = (text: string, name: string): string | undefined =>
    new RegExp(`^ARG ${name}=(.*)$`, "m").exec(text)?.[1];
  const operator = recipes.find((one) => one.repository === "spark-operator");
  assert.ok(operator?.repository === "spark-operator");
  const expected = [sparkRecipe(rowOf(defaultSparkVersion)), operator];

  for (const { repository, base, version, row, dockerfile } of expected) {
    it(`${repository}: the defaults are the row's`, () => {
      assert.equal(argument(dockerfile, "BASE_IMAGE"), base);
      assert.equal(argument(dockerfile, "ROW_SPARK"), row.spark);
      assert.equal(argument(dockerfile, "ROW_SCALA"), row.scala);
      assert.equal(argument(dockerfile, "ROW_HADOOP"), row.hadoop);
      assert.equal(argument(dockerfile, "ROW_JAVA"), row.java);
      assert.equal(argument(dockerfile, "IMAGE_VERSION"), version);
    });

    it(`${repository}: checks first, then the bundle by itself, then the small jars; runs as 185`, () => {
      const steps = dockerfile.split("\n").filter((line) => /^(?:COPY|RUN|ADD|USER) /.test(line));
      const words = steps.map((line) => line.split(" ").slice(0, 2).join(" "));
      assert.deepEqual(words.slice(0, 4), [
        "COPY check-base.sh",
        "RUN sh",
        "COPY sdk/*.jar",
        "COPY s3a/*.jar",
      ]);
      assert.equal(words.at(-1), "USER 185");
    });
  }

  it("spark-operator: prepares submissions when all jars are there, with files that are in its tag", () => {
    const steps = operator.dockerfile.split("\n").filter((line) => /^(?:COPY|RUN|ADD|USER) /.test(line));
    assert.deepEqual(steps.slice(4), [
      "USER 0",
      "COPY share-classes.sh spark-submit /opt/spark/submit/",
      "RUN sh /opt/spark/submit/share-classes.sh /opt/spark/submit",
      "USER 185",
    ]);
    assert.deepEqual(Object.keys(operator.files ?? {}), ["share-classes.sh", "spark-submit"]);
  });

  it("spark: prepares the start of jobs when all jars are there, with files that are in its tag", () => {
    const { dockerfile, files } = sparkRecipe(rowOf(defaultSparkVersion));
    const steps = dockerfile.split("\n").filter((line) => /^(?:COPY|RUN|ADD|USER) /.test(line));
    assert.deepEqual(steps.slice(4), [
      "USER 0",
      "COPY check-classes.sh compile-python.py escape-pages.py page-scripts.json share-classes.sh sample.py \\",
      "RUN python3 /opt/spark/prepare/escape-pages.py /opt/spark/prepare/page-scripts.json /opt/spark/jars",
      "RUN python3 /opt/spark/prepare/compile-python.py /opt/spark/python/lib",
      "RUN sh /opt/spark/prepare/share-classes.sh /opt/spark/prepare/sample.py",
      "RUN sh /opt/spark/prepare/check-classes.sh",
      "USER 185",
    ]);
    assert.deepEqual(Object.keys(files ?? {}), [
      "check-classes.sh",
      "compile-python.py",
      "escape-pages.py",
      "share-classes.sh",
      "sample.py",
      "page-scripts.json",
    ]);
  });

  it("the operator's row is that of the Spark it is based on", () => {
    assert.equal(operator.row.spark, operatorSparkVersion);
  });

  it("gateway: the defaults are the recipe's; runs as 1000", () => {
    const { dockerfile, base, version } = gatewayRecipe;
    assert.equal(argument(dockerfile, "BASE_IMAGE"), base);
    assert.equal(argument(dockerfile, "IMAGE_VERSION"), version);
    assert.match(dockerfile, /^USER 1000$/m);
  });
});
