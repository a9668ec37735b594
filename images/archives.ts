/** Images as files: built in one place, pushed from another that neither builds nor runs anything of them. */
import { mkdir, rm } from "node:fs/promises";
import { join } from "node:path";
import type { Engine } from "./engine.ts";
import { UserError } from "./errors.ts";
import { imageReference, recipeTag, type Recipe } from "./recipe.ts";

/** An image under its local name. */
export interface Image {
  readonly recipe: Recipe;
  readonly reference: string;
}

export interface ArchiveTools {
  readonly engine: Engine;
  readonly say: (text: string) => void;
}

const archiveOf = (folder: string, { name }: Recipe): string => join(folder, `${name}.tar`);

/** Writes each image to `NAME.tar` in the folder. */
export async function saveAll(images: readonly Image[], folder: string, tools: ArchiveTools): Promise<void> {
  await mkdir(folder, { recursive: true });
  for (const { recipe, reference } of images) {
    const file = archiveOf(folder, recipe);
    tools.say(`${recipe.name}: saving ${file}`);
    // Buildah adds to no archive that is there.
    await rm(file, { force: true });
    await tools.engine.save(reference, file);
  }
}

/** The images of these recipes from the archives that {@link saveAll} wrote. Nothing is built, and no base is needed. */
export async function loadAll(
  recipes: readonly Recipe[],
  registry: string,
  folder: string,
  { engine, say }: ArchiveTools,
): Promise<readonly Image[]> {
  const images: Image[] = [];
  for (const recipe of recipes) {
    const file = archiveOf(folder, recipe);
    const { reference } = imageReference(registry, recipe.repository, recipeTag(recipe));
    say(`${recipe.name}: loading ${file}`);
    await engine.load(file);
    if ((await engine.inspect(reference)) === undefined) {
      throw new UserError(
        `${file} does not have ${reference}: save it again with this version of the project, and the same --registry.`,
      );
    }
    images.push({ recipe, reference });
  }
  return images;
}
