import { createHash } from "node:crypto";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { buildah, type Engine } from "../../../images/engine.ts";
import { defaultSparkVersion } from "../../../images/versions.ts";
import { runProgram } from "../../process.ts";
import type { Say } from "../cluster.ts";
import { buildImages } from "../images.ts";
import { baseImages, type BaseImage } from "./base-images.ts";
import { cacheFolder, mirrorHost } from "./facts.ts";
import { timed } from "./timed.ts";

const label = "spark-platform.local.recipe";

/** What of the platform's own images the stack runs (`npm run images` knows more). */
export const ownImages: readonly string[] = [`spark-${defaultSparkVersion}`, "spark-operator", "gateway"];

/** buildah as root without anything else: its own storage, and no container runtime to build with. */
export function buildahEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return { ...env, STORAGE_DRIVER: "overlay", BUILDAH_ISOLATION: "chroot" };
}

/** Builds those of the images that are not there. One that somebody pulled has no label, and is as good. */
export async function buildBaseImages(
  images: readonly BaseImage[],
  say: Say,
  signal: AbortSignal,
): Promise<void> {
  const env = buildahEnvironment(process.env);
  const engine = buildah({ env, signal });
  for (const image of images) {
    const recipe = recipeOf(image);
    const found = await engine.inspect(image.reference);
    if (found !== undefined && (found.labels[label] ?? recipe) === recipe) continue;
    await timed(say, `${image.reference}: built`, () => build(image, recipe, env, signal));
  }
}

/** Changes with what is known of the image before it is built. */
export function recipeOf({ dockerfile, inputs }: BaseImage): string {
  return createHash("sha256")
    .update(JSON.stringify([dockerfile, ...inputs()]))
    .digest("hex")
    .slice(0, 12);
}

async function build(
  image: BaseImage,
  recipe: string,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
): Promise<void> {
  const folder = join(cacheFolder, "images", image.reference.replace(/[/:]/g, "_"));
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "Dockerfile"), image.dockerfile);
  await image.prepare(folder, signal);
  const options = ["--layers=false", "--force-rm", "--timestamp", "0", "--label", `${label}=${recipe}`];
  const args = ["build", "--quiet", "--pull-never", ...options, "--tag", image.reference, folder];
  await runProgram("buildah", args, { env, signal, all: true });
  await rm(folder, { recursive: true, force: true });
}

/** Pushes the base images that pods run to the node's mirror, under the names that they have. */
export async function mirrorBaseImages(say: Say, signal: AbortSignal): Promise<void> {
  const env = buildahEnvironment(process.env);
  const engine = buildah({ env, signal });
  for (const { reference } of baseImages.filter(({ delivered }) => delivered)) {
    if (await isMirrored(engine, reference)) continue;
    const target = `docker://${mirrorHost}/${pathOf(reference)}`;
    const push = ["push", "--quiet", "--tls-verify=false", reference, target];
    await timed(say, `${reference}: on the mirror`, () => runProgram("buildah", push, { env, signal }));
  }
}

/** An image's name without its registry. Pure. */
export function pathOf(reference: string): string {
  return reference.slice(reference.indexOf("/") + 1);
}

/** Whether the mirror has the image as buildah has it: a registry knows an image's id as its config's digest. */
async function isMirrored(engine: Engine, reference: string): Promise<boolean> {
  const local = await engine.inspect(reference);
  const [, name = "", tag = ""] = /^(.+):([^:]+)$/.exec(pathOf(reference)) ?? [];
  const accept = [
    "application/vnd.oci.image.manifest.v1+json",
    "application/vnd.docker.distribution.manifest.v2+json",
  ];
  const answer = await fetch(`http://${mirrorHost}/v2/${name}/manifests/${tag}`, {
    headers: { accept: accept.join(", ") },
  });
  const manifest = await answer.text();
  return answer.ok && local !== undefined && manifest.includes(`"sha256:${local.id}"`);
}

/** Builds the images of this checkout and pushes them to the mirror. Returns the registry. */
export async function deliverOwnImages(say: Say, signal: AbortSignal): Promise<string> {
  const registry = `${mirrorHost}/spark-platform`;
  const env = buildahEnvironment(process.env);
  await buildImages({ engine: "buildah", pushTo: registry, names: ownImages, env }, say, signal);
  return registry;
}
