/** The folder that an engine builds an image from. */
import { chmod, copyFile, link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Recipe } from "./recipe.ts";

export interface ContextJars {
  /** Path of the SDK's bundle. */
  readonly sdk: string;
  /** Paths of the small jars. */
  readonly small: readonly string[];
}

/** What is fetched for an image before it is built: jars for a Spark one. */
export type Parts = ContextJars | undefined;

/** What the Dockerfiles take from a recipe. */
export function buildArgsOf(recipe: Recipe, base: string, hash: string): Readonly<Record<string, string>> {
  const common = { BASE_IMAGE: base, IMAGE_VERSION: recipe.version, IMAGE_RECIPE: hash };
  if (recipe.repository === "gateway") return common;
  const { spark, scala, hadoop, java } = recipe.row;
  return { ...common, ROW_SPARK: spark, ROW_SCALA: scala, ROW_HADOOP: hadoop, ROW_JAVA: java };
}

/**
 * Lays out a build context below `parent` and returns its path. The jars are links to those in the cache, so this
 * costs no space; every file is readable by all, as it will be in the image.
 */
export async function createContext(recipe: Recipe, jars: Parts, parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const context = await mkdtemp(join(parent, `${recipe.name}-`));
  await write(context, filesOf(recipe));
  if (jars !== undefined) {
    await place(join(context, "sdk"), [jars.sdk]);
    await place(join(context, "s3a"), jars.small);
  }
  return context;
}

function filesOf(recipe: Recipe): Readonly<Record<string, string>> {
  const { dockerfile } = recipe;
  return recipe.repository === "gateway"
    ? { ...recipe.files, Dockerfile: dockerfile }
    : { ...recipe.files, Dockerfile: dockerfile, "check-base.sh": recipe.checkScript };
}

async function write(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [path, text] of Object.entries(files)) {
    const target = join(folder, path);
    await mkdir(dirname(target), { recursive: true });
    await writeFile(target, text);
    await chmod(target, 0o644);
  }
}

async function place(folder: string, files: readonly string[]): Promise<void> {
  await mkdir(folder);
  for (const file of files) {
    const target = join(folder, basename(file));
    // Some file systems have no hard links.
    await link(file, target).catch(() => copyFile(file, target));
    await chmod(target, 0o644);
  }
}

/** Contexts of runs that were killed, a day ago or more. */
async function removeAbandoned(parent: string): Promise<void> {
  for (const name of await readdir(parent)) {
    const path = join(parent, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > 86_400_000)
      await rm(path, { recursive: true, force: true });
  }
}
