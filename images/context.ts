/** The folder that an engine builds an image from. */
import { chmod, copyFile, link, mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import type { Recipe } from "./recipe.ts";

export interface ContextJars {
  /** Path of the SDK's bundle. */
  readonly sdk: string;
  /** Paths of the small jars. */
  readonly small: readonly string[];
}

/** What the Dockerfiles take from a recipe. */
export function buildArgsOf(recipe: Recipe, base: string, hash: string): Readonly<Record<string, string>> {
  const { row, version } = recipe;
  return {
    BASE_IMAGE: base,
    ROW_SPARK: row.spark,
    ROW_SCALA: row.scala,
    ROW_HADOOP: row.hadoop,
    ROW_JAVA: row.java,
    IMAGE_VERSION: version,
    IMAGE_RECIPE: hash,
  };
}

/**
 * Lays out a build context below `parent` and returns its path. The jars are links to those in the cache, so this
 * costs no space; every file is readable by all, as it will be in the image.
 */
export async function createContext(recipe: Recipe, jars: ContextJars, parent: string): Promise<string> {
  await mkdir(parent, { recursive: true });
  await removeAbandoned(parent);
  const context = await mkdtemp(join(parent, `${recipe.name}-`));
  await writeFile(join(context, "Dockerfile"), recipe.dockerfile);
  await writeFile(join(context, "check-base.sh"), recipe.checkScript);
  await chmod(join(context, "check-base.sh"), 0o644);
  await place(join(context, "sdk"), [jars.sdk]);
  await place(join(context, "s3a"), jars.small);
  return context;
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
