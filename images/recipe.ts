/** What makes an image, and the name that follows from it. Pure: no files, no network, no engine. */
import { createHash } from "node:crypto";
import type { Jar, VersionRow } from "./versions.ts";

/** Everything that goes into one image, its base apart. */
export type Recipe = SparkRecipe | GatewayRecipe;

interface CommonRecipe {
  /** Its name on the command line. */
  readonly name: string;
  /** Version of the software in it: the readable half of the tag. */
  readonly version: string;
  /** The public image it is built on, where no other is given. */
  readonly base: string;
  /** Text of the Dockerfile. */
  readonly dockerfile: string;
}

/** An image with a row's jars. */
export interface SparkRecipe extends CommonRecipe {
  /** Last part of the image's name; also the folder of its Dockerfile. */
  readonly repository: "spark" | "spark-operator";
  readonly row: VersionRow;
  /** Text of the script that checks the base. */
  readonly checkScript: string;
  /** What else its Dockerfile copies: name -> text. */
  readonly files?: Readonly<Record<string, string>>;
}

/** The image of the gateway: files of this project, and the packages that its lock file names. */
export interface GatewayRecipe extends CommonRecipe {
  readonly repository: "gateway";
  /** Path in the project -> text. */
  readonly files: Readonly<Record<string, string>>;
}

/** An image's name, in parts (as Helm charts want it) and whole (as pods want it). */
export interface ImageReference {
  /** HOST[:PORT][/PATH] */
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
  /** `registry/repository:tag` */
  readonly reference: string;
}

/** The label that says which recipe and base an image was built from. */
export const recipeLabel = "spark-platform.recipe";

/** The jars that lie beside the SDK in one small layer. */
export function smallJars({ jars }: VersionRow): readonly Jar[] {
  return [jars.hadoopAws, jars.committers];
}

/** `artifact-version.jar`, the name that Maven repositories give it. */
export function jarFile({ artifact, version }: Jar): string {
  return `${artifact}-${version}.jar`;
}

/** Where a Maven repository keeps it, from the repository's address on. */
export function jarPath(jar: Jar): string {
  return [...jar.group.split("."), jar.artifact, jar.version, jarFile(jar)].join("/");
}

const sha256 = (text: string): string => createHash("sha256").update(text).digest("hex");

/** SHA-256 over the Dockerfile and all that it copies: the row, the jars' checksums, the check and the files. */
export function recipeHash(recipe: Recipe): string {
  const { base, dockerfile } = recipe;
  if (recipe.repository === "gateway")
    return sha256(JSON.stringify({ base, dockerfile, files: recipe.files }));
  const { row, checkScript, files } = recipe;
  return sha256(JSON.stringify({ base, row, dockerfile, checkScript, files }));
}

/** Version and the start of the recipe's hash: a changed recipe is a new tag, which no node has yet. */
export function recipeTag(recipe: Recipe): string {
  return `${recipe.version}-${recipeHash(recipe).slice(0, 12)}`;
}

/** The value of {@link recipeLabel}: an image that carries it needs no new build. */
export function buildHash(recipe: Recipe, baseId: string): string {
  return sha256(`${recipeHash(recipe)} ${baseId}`);
}

const registryPattern =
  /^(?:\[[0-9a-fA-F:]+\]|[a-zA-Z0-9](?:[a-zA-Z0-9.-]*[a-zA-Z0-9])?)(?::\d{1,5})?(?:\/[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*)*$/;

/** What is wrong with the name of a registry, if anything. */
export function registryProblem(registry: string): string | undefined {
  if (registryPattern.test(registry)) return undefined;
  return `"${registry}" is no registry: HOST[:PORT][/PATH] without a scheme, for example "registry.example.com/spark-platform"`;
}

/** Puts a name together. */
export function imageReference(registry: string, repository: string, tag: string): ImageReference {
  const problem = registryProblem(registry);
  if (problem !== undefined) throw new Error(problem);
  return { registry, repository, tag, reference: `${registry}/${repository}:${tag}` };
}

/** Whether a registry is on this machine: engines speak plain HTTP to no other. */
export function isLoopback(registry: string): boolean {
  const host = registry.split("/")[0]?.replace(/:\d+$/, "");
  return host === "localhost" || host === "[::1]" || /^127(?:\.\d{1,3}){3}$/.test(host ?? "");
}
