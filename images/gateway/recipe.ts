/** What goes into the gateway's image: its own code, and what that imports of the project. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import type { GatewayRecipe } from "../recipe.ts";

const project = fileURLToPath(new URL("../../", import.meta.url));
const read = (path: string): string => readFileSync(join(project, path), "utf8");

/** Node reads in `package.json` that these files are modules, npm in the lock file which packages they need. */
const singleFiles = ["package.json", "package-lock.json", "gateway/package.json"];
/** Folders whose code runs in the gateway. It imports nothing of the project that is elsewhere. */
export const codeFolders = ["gateway/src", "jobs/manifest"];

const { version } = z.object({ version: z.string() }).parse(JSON.parse(read("gateway/package.json")));

/** The recipe of the gateway's image. */
export const gatewayRecipe: GatewayRecipe = {
  name: "gateway",
  repository: "gateway",
  version,
  base: "docker.io/library/node:24-bookworm-slim",
  dockerfile: read("images/gateway/Dockerfile"),
  files: Object.fromEntries(
    [...singleFiles, ...codeFolders.flatMap(codeIn)].map((path) => [path, read(path)]),
  ),
};

/** In an order that every machine has alike, since the image's tag is made of it. */
function codeIn(folder: string): readonly string[] {
  return readdirSync(join(project, folder), { recursive: true, encoding: "utf8" })
    .filter((file) => file.endsWith(".ts"))
    .map((file) => `${folder}/${file}`)
    .sort();
}
