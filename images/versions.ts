/**
 * The versions that were tested together, and the names of the images made of them.
 * A row is here only when the end-to-end test has run it.
 */
import { readFileSync } from "node:fs";
import { gatewayRecipe } from "./gateway/recipe.ts";
import { imageReference, recipeTag, type ImageReference, type Recipe, type SparkRecipe } from "./recipe.ts";
import { pageScripts, type PageScript } from "./spark/pages/scripts.ts";

/** A jar by its Maven coordinates; the checksum is of the file that the end-to-end test ran with. */
export interface Jar {
  readonly group: string;
  readonly artifact: string;
  readonly version: string;
  /** SHA-256, lower-case hex. */
  readonly sha256: string;
}

/** What an image adds to its base. */
export interface RowJars {
  /** The AWS SDK that the POM of `hadoopAws` names: one large bundle. */
  readonly sdk: Jar;
  /** S3A, of exactly the Hadoop version of the base. */
  readonly hadoopAws: Jar;
  /** The S3A committers' binding to Spark SQL (spark-hadoop-cloud), which jobs write by (components/storage/committer.ts). */
  readonly committers: Jar;
}

/** Versions that fit together. */
export interface VersionRow {
  readonly spark: string;
  /** Scala's binary version, as in the names of Spark's jars. */
  readonly scala: string;
  /** Major version of Java in the base that was tested. */
  readonly java: string;
  readonly hadoop: string;
  readonly awsSdk: string;
  /** The Spark Operator (image and chart) that ran this row. */
  readonly operator: string;
  readonly jars: RowJars;
  /** The scripts of Spark's pages that the image changes. */
  readonly pageScripts: readonly PageScript[];
}

/**
 * The SDK's version is that of hadoop-project's POM, which hadoop-aws inherits
 * (org.apache.hadoop:hadoop-project, on Maven Central):
 * - 3.4.1: `<aws-java-sdk-v2.version>2.24.6</aws-java-sdk-v2.version>`, used for software.amazon.awssdk:bundle
 * - 3.3.4: `<aws-java-sdk.version>1.12.262</aws-java-sdk.version>`, used for com.amazonaws:aws-java-sdk-bundle
 *
 * hadoop-aws also names wildfly-openssl (scope runtime). It serves `fs.s3a.ssl.channel.mode=openssl` alone; the
 * default is the TLS of Java, so it is left out.
 *
 * spark-hadoop-cloud needs no further jar for S3A: parquet-hadoop and hadoop-client-api are in every Spark image.
 * Maven Central has none of 4.0.3 and 4.0.4. That of 4.0.2 fits 4.0.4: the one class of it that jobs use extends
 * parquet-hadoop's committer by Hadoop's PathOutputCommitter and a logger, and all that the jar refers to is in the
 * base with the same signature. The end-to-end test `writes` holds it to that.
 */
export const rows = [
  {
    spark: "4.0.4",
    scala: "2.13",
    java: "17",
    hadoop: "3.4.1",
    awsSdk: "2.24.6",
    operator: "2.5.2",
    jars: {
      sdk: {
        group: "software.amazon.awssdk",
        artifact: "bundle",
        version: "2.24.6",
        sha256: "890bf9f2a80488f7a8aa8277d64d13a9ea3a3cdff8607ef3b63a878d8b467b41",
      },
      hadoopAws: {
        group: "org.apache.hadoop",
        artifact: "hadoop-aws",
        version: "3.4.1",
        sha256: "01334a07e179cae2b7e251f24857f11e3759108c9d6a79dcbe362a4295227da2",
      },
      committers: {
        group: "org.apache.spark",
        artifact: "spark-hadoop-cloud_2.13",
        version: "4.0.2",
        sha256: "c5d41a2fabf5d74b0b1082f7e7c22f1dd0e180126db507c2be5916224b4fe247",
      },
    },
    pageScripts: pageScripts["4.0.4"],
  },
  {
    spark: "3.5.8",
    scala: "2.12",
    java: "17",
    hadoop: "3.3.4",
    awsSdk: "1.12.262",
    operator: "2.5.2",
    jars: {
      sdk: {
        group: "com.amazonaws",
        artifact: "aws-java-sdk-bundle",
        version: "1.12.262",
        sha256: "873fe7cf495126619997bec21c44de5d992544aea7e632fdc77adb1a0915bae5",
      },
      hadoopAws: {
        group: "org.apache.hadoop",
        artifact: "hadoop-aws",
        version: "3.3.4",
        sha256: "53f9ae03c681a30a50aa17524bd9790ab596b28481858e54efd989a826ed3a4a",
      },
      committers: {
        group: "org.apache.spark",
        artifact: "spark-hadoop-cloud_2.12",
        version: "3.5.8",
        sha256: "9c9be6d3e185c2c9f53e66f8781f0fa32944882ced2c5c08945a78eb2f989ced",
      },
    },
    pageScripts: pageScripts["3.5.8"],
  },
] as const satisfies readonly VersionRow[];

/** A Spark version that has a row. */
export type SparkVersion = (typeof rows)[number]["spark"];

/** What a job runs on that asks for nothing else. */
export const defaultSparkVersion: SparkVersion = "4.0.4";

/** The Spark in the operator's own image (its Dockerfile's base), whose row gives that image its jars. */
export const operatorSparkVersion: SparkVersion = "4.0.4";

/** Whether `text` is a Spark version that has a row. */
export function isSparkVersion(text: string): text is SparkVersion {
  return rows.some((row) => row.spark === text);
}

/** The row of a Spark version. */
export function rowOf(version: SparkVersion): VersionRow {
  const row = rows.find(({ spark }) => spark === version);
  if (row === undefined) throw new Error(`images/versions.ts has no row for Spark ${version}`);
  return row;
}

/**
 * Whether S3A on this row can get its identity from EKS's agent: Hadoop has the AWS SDK v2 since 3.4, and the SDK of
 * older rows asks the agent nothing (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-minimum-sdk.html).
 */
export function knowsPodIdentity({ hadoop }: VersionRow): boolean {
  const [major = 0, minor = 0] = hadoop.split(".").map(Number);
  return major > 3 || (major === 3 && minor >= 4);
}

const read = (path: string): string => readFileSync(new URL(path, import.meta.url), "utf8");
const checkScript = read("check-base.sh");
const sparkDockerfile = read("spark/Dockerfile");
const sparkFiles = {
  "check-classes.sh": read("spark/check-classes.sh"),
  "compile-python.py": read("spark/compile-python.py"),
  "escape-pages.py": read("spark/escape-pages.py"),
  "share-classes.sh": read("spark/share-classes.sh"),
  "sample.py": read("spark/sample.py"),
};

/** The recipe of the Spark image of a row. */
export function sparkRecipe(row: VersionRow): SparkRecipe {
  return {
    name: `spark-${row.spark}`,
    repository: "spark",
    version: row.spark,
    base: `docker.io/apache/spark:${row.spark}`,
    row,
    dockerfile: sparkDockerfile,
    checkScript,
    files: { ...sparkFiles, "page-scripts.json": JSON.stringify(row.pageScripts) },
  };
}

const operatorRow = rowOf(operatorSparkVersion);
const operatorRecipe: SparkRecipe = {
  name: "spark-operator",
  repository: "spark-operator",
  version: operatorRow.operator,
  base: `ghcr.io/kubeflow/spark-operator/controller:${operatorRow.operator}`,
  row: operatorRow,
  dockerfile: read("spark-operator/Dockerfile"),
  checkScript,
  files: {
    "share-classes.sh": read("spark-operator/share-classes.sh"),
    "spark-submit": read("spark-operator/spark-submit"),
  },
};

/** All images that `npm run images` builds. */
export const recipes: readonly Recipe[] = [...rows.map(sparkRecipe), operatorRecipe, gatewayRecipe];

/**
 * The Spark image in a registry. Its tag changes with everything that goes into the image, so a node that has the
 * tag has the right image.
 * @param registry HOST[:PORT][/PATH], as given to `npm run images -- --push-to`
 */
export function sparkImage(registry: string, version: SparkVersion = defaultSparkVersion): ImageReference {
  const recipe = sparkRecipe(rowOf(version));
  return imageReference(registry, recipe.repository, recipeTag(recipe));
}

/** The Spark Operator's image in a registry; `registry`, `repository` and `tag` are the chart's own `image` keys. */
export function operatorImage(registry: string): ImageReference {
  return imageReference(registry, operatorRecipe.repository, recipeTag(operatorRecipe));
}

/** The gateway's image in a registry. */
export function gatewayImage(registry: string): ImageReference {
  return imageReference(registry, gatewayRecipe.repository, recipeTag(gatewayRecipe));
}
