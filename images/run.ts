/** What `npm run images` does, with the engine and the downloads given to it. */
import { rm } from "node:fs/promises";
import { loadAll, saveAll, type Image } from "./archives.ts";
import type { Options, PushTarget } from "./args.ts";
import { buildArgsOf, createContext, type Parts } from "./context.ts";
import type { Engine } from "./engine.ts";
import { seconds } from "./progress.ts";
import { buildHash, imageReference, recipeLabel, recipeTag, smallJars, type Recipe } from "./recipe.ts";
import { withAccess, type RegistryAccess } from "./registry-access.ts";
import type { StackRegistry } from "./stack-registry.ts";
import type { Jar } from "./versions.ts";

export interface Tools {
  readonly engine: Engine;
  /** The path of a jar, once it is here. */
  readonly fetchJar: (jar: Jar) => Promise<string>;
  /** Puts the packages of the gateway's lock file into a build context, which has that file. */
  readonly installPackages: (context: string) => Promise<void>;
  /** The registry of a stack; of the one that is selected, if none is named. */
  readonly stackRegistry: (stack: string | undefined) => Promise<StackRegistry>;
  /** Folder in which build contexts are laid out. */
  readonly contexts: string;
  /** Folder for the certificates of registries' authorities. */
  readonly authorities: string;
  readonly say: (text: string) => void;
}

/** One image of this run. */
interface Step extends Image {
  readonly base: string;
  readonly hash: string;
  readonly upToDate: boolean;
}

/**
 * Builds what is not up to date, or takes all from archives; saves and pushes if asked to; and returns the names under which the images now stand: what was
 * pushed with its digest, `HOST/PATH:TAG@sha256:…`.
 */
export async function run(options: Options, tools: Tools): Promise<readonly string[]> {
  const pushAll = options.push && (await pusher(options.push, tools));
  const { load, save, recipes, registry } = options;
  const images =
    load === undefined ? await upToDate(options, tools) : await loadAll(recipes, registry, load, tools);
  if (save !== undefined) await saveAll(images, save, tools);
  return pushAll === undefined ? images.map(({ reference }) => reference) : pushAll(images);
}

/** All images, those built that are not as their recipes and bases are. */
async function upToDate(options: Options, tools: Tools): Promise<readonly Image[]> {
  const steps: Step[] = [];
  for (const recipe of options.recipes) steps.push(await plan(recipe, options, tools));
  for (const { recipe, reference, upToDate } of steps) {
    if (upToDate) tools.say(`${recipe.name}: up to date (${reference})`);
  }
  await buildAll(
    steps.filter(({ upToDate }) => !upToDate),
    tools,
  );
  return steps;
}

/** Looks at the base, which is pulled where it is not here, and at the image of an earlier run. */
async function plan(recipe: Recipe, options: Options, { engine, say }: Tools): Promise<Step> {
  const base = options.bases.get(recipe.name) ?? recipe.base;
  let found = await engine.inspect(base);
  if (found === undefined) {
    say(`${recipe.name}: pulling ${base}`);
    await engine.pull(base);
    found = await engine.inspect(base);
  }
  if (found === undefined) throw new Error(`${engine.name} pulled ${base} but does not have it.`);
  const hash = buildHash(recipe, found.id);
  const { reference } = imageReference(options.registry, recipe.repository, recipeTag(recipe));
  const built = await engine.inspect(reference);
  return { recipe, base, hash, reference, upToDate: built?.labels[recipeLabel] === hash };
}

/** One image at a time, since an engine takes all there is; the next one's jars arrive meanwhile. */
async function buildAll(steps: readonly Step[], tools: Tools): Promise<void> {
  const fetched = new Map<string, Promise<string>>();
  const fetchOnce = (jar: Jar): Promise<string> => {
    const path = fetched.get(jar.sha256) ?? tools.fetchJar(jar);
    fetched.set(jar.sha256, path);
    return path;
  };
  const fetchAll = async ({ recipe }: Step): Promise<Parts> => {
    if (recipe.repository === "gateway") return undefined;
    const { row } = recipe;
    const small: string[] = [];
    for (const jar of smallJars(row)) small.push(await fetchOnce(jar));
    return { sdk: await fetchOnce(row.jars.sdk), small };
  };

  const [first, ...later] = steps;
  if (first === undefined) return;
  let step = first;
  let jars = await fetchAll(first);
  for (const next of later) {
    const arriving = fetchAll(next);
    // It is awaited after the build; should it fail before that, it is not unhandled.
    arriving.catch(() => undefined);
    await build(step, jars, tools);
    step = next;
    jars = await arriving;
  }
  await build(step, jars, tools);
}

async function build(step: Step, jars: Parts, tools: Tools): Promise<void> {
  const { engine, contexts, say } = tools;
  const started = performance.now();
  const { recipe, base, hash, reference } = step;
  say(`${recipe.name}: building ${reference} on ${base} with ${engine.name}`);
  const context = await createContext(recipe, jars, contexts);
  try {
    if (recipe.repository === "gateway") await tools.installPackages(context);
    await engine.build({ context, reference, buildArgs: buildArgsOf(recipe, base, hash) });
  } finally {
    await rm(context, { recursive: true, force: true });
  }
  say(`${recipe.name}: built in ${seconds(started)}`);
}

/** What pushes images and returns their new names. What is wrong with a stack is said before anything is built. */
async function pusher(
  target: PushTarget,
  tools: Tools,
): Promise<(images: readonly Image[]) => Promise<string[]>> {
  if (target.kind === "registry") return (images) => pushEach(images, target.registry, tools);
  const registry = await tools.stackRegistry(target.stack);
  return (images) =>
    withAccess(registry, tools.authorities, async (access) => {
      const advice = await tools.engine.trustAdvice(access);
      if (advice !== undefined) tools.say(advice);
      return pushEach(images, registry.platformImages, tools, access);
    });
}

async function pushEach(
  images: readonly Image[],
  registry: string,
  tools: Tools,
  access?: RegistryAccess,
): Promise<string[]> {
  const pushed: string[] = [];
  for (const image of images) pushed.push(await push(image, registry, tools, access));
  return pushed;
}

async function push(
  { recipe, reference }: Image,
  registry: string,
  { engine, say }: Tools,
  access?: RegistryAccess,
): Promise<string> {
  const started = performance.now();
  const remote = imageReference(registry, recipe.repository, recipeTag(recipe)).reference;
  say(`${recipe.name}: pushing ${remote}`);
  const digest = await engine.push(reference, remote, access);
  say(`${recipe.name}: pushed in ${seconds(started)}`);
  return `${remote}@${digest}`;
}
