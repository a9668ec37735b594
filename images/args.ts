/** The command line of `npm run images`. Pure. */
import { parseArgs } from "node:util";
import { engineNames, type EngineName } from "./engine.ts";
import { messageOf, UsageError } from "./errors.ts";
import { mavenCentral } from "./maven.ts";
import { registryProblem, type Recipe } from "./recipe.ts";

/** A registry by its name, or that of a stack: the one that is selected, if none is named. */
export type PushTarget =
  | { readonly kind: "registry"; readonly registry: string }
  | { readonly kind: "stack"; readonly stack: string | undefined };

export interface Options {
  readonly help: boolean;
  /** What to build, in the table's order. */
  readonly recipes: readonly Recipe[];
  /** First part of the local names. */
  readonly registry: string;
  /** Folder to write the images' archives to, if any. */
  readonly save: string | undefined;
  /** Folder to take the images from in place of building them, if any. */
  readonly load: string | undefined;
  /** Where to push to, if anywhere. */
  readonly push: PushTarget | undefined;
  /** By recipe name: what to build on instead of the public image. */
  readonly bases: ReadonlyMap<string, string>;
  readonly engine: EngineName | undefined;
  readonly mavenRepository: string;
}

export const defaultRegistry = "localhost/spark-platform";

/** The text of `--help`. */
export function helpText(recipes: readonly Recipe[]): string {
  return `Builds the platform's images with docker or buildah, whichever is there.

  npm run images -- [OPTION…] [IMAGE…]

IMAGE: ${recipes.map(({ name }) => name).join(", ")}. Without one: all.
What is up to date is skipped. The images' full names are printed, one a line, those that were pushed with their
digest; all else goes to standard error.

  --push                   push them to the stack's registry as well, as the user that the stack knows
  --stack NAME             the stack, instead of the one that is selected
  --push-to REGISTRY       push them to HOST[:PORT][/PATH], with the engine's own login; plain HTTP to this
                           machine only
  --save FOLDER            write each image to FOLDER/IMAGE.tar as well
  --load FOLDER            take the images from there instead of building them
  --registry REGISTRY      first part of the local names (${defaultRegistry})
  --base IMAGE=REFERENCE   build IMAGE on REFERENCE instead of the public base; may be given again
  --engine NAME            ${engineNames.join(" or ")}, instead of the first that works
  --maven-repository URL   where the jars come from (${mavenCentral});
                           MAVEN_REPOSITORY does the same. User and password in it are sent as a login.
  --help

For example, in a closed network:
  npm run images -- --base ${recipes[0]?.name ?? ""}=mirror.example.com/apache/spark:4.0.4 \\
    --maven-repository https://mirror.example.com/maven --push-to registry.example.com/spark-platform ${recipes[0]?.name ?? ""}`;
}

/** Reads the command line; throws a {@link UsageError} that says what is wrong and what would be right. */
export function parseCommandLine(
  argv: readonly string[],
  env: Readonly<NodeJS.ProcessEnv>,
  known: readonly Recipe[],
): Options {
  const { values, positionals } = parse(argv);
  const recipeNamed = (name: string): Recipe => {
    const recipe = known.find((candidate) => candidate.name === name);
    if (recipe !== undefined) return recipe;
    throw new UsageError(`No image "${name}"; there are ${known.map((one) => one.name).join(", ")}.`);
  };
  if (values.load !== undefined && (values.save !== undefined || values.base !== undefined)) {
    throw new UsageError("--load builds nothing: give neither --save nor --base with it.");
  }
  const wanted = new Set(positionals.map(recipeNamed));
  const registry = checkedRegistry("--registry", values.registry ?? defaultRegistry);
  return {
    help: values.help === true,
    recipes: wanted.size === 0 ? known : known.filter((recipe) => wanted.has(recipe)),
    registry,
    save: values.save,
    load: values.load,
    push: parsePush(values.push === true, values["push-to"], values.stack),
    bases: new Map((values.base ?? []).map((text) => parseBase(text, recipeNamed))),
    engine: parseEngine(values.engine),
    mavenRepository: checkedRepository(
      values["maven-repository"] ?? (env["MAVEN_REPOSITORY"] === "" ? undefined : env["MAVEN_REPOSITORY"]),
    ),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        registry: { type: "string" },
        push: { type: "boolean" },
        "push-to": { type: "string" },
        stack: { type: "string" },
        save: { type: "string" },
        load: { type: "string" },
        base: { type: "string", multiple: true },
        engine: { type: "string" },
        "maven-repository": { type: "string" },
      },
    });
  } catch (error) {
    throw new UsageError(messageOf(error));
  }
}

function parsePush(
  toStack: boolean,
  registry: string | undefined,
  stack: string | undefined,
): PushTarget | undefined {
  if (toStack && registry !== undefined) {
    throw new UsageError("--push is to the stack's registry, --push-to to another: give one of them.");
  }
  if (stack !== undefined && !toStack) throw new UsageError("--stack says whose registry --push is to.");
  if (toStack) return { kind: "stack", stack };
  return registry === undefined
    ? undefined
    : { kind: "registry", registry: checkedRegistry("--push-to", registry) };
}

function checkedRegistry(option: string, registry: string): string {
  const problem = registryProblem(registry);
  if (problem !== undefined) throw new UsageError(`${option}: ${problem}.`);
  return registry;
}

function parseBase(text: string, recipeNamed: (name: string) => Recipe): [string, string] {
  const [, name, reference] = /^([^=]+)=(\S+)$/.exec(text) ?? [];
  if (name === undefined || reference === undefined) {
    throw new UsageError(
      `--base: "${text}" is not IMAGE=REFERENCE, for example "spark-4.0.4=mirror.example.com/spark:4.0.4".`,
    );
  }
  return [recipeNamed(name).name, reference];
}

function parseEngine(text: string | undefined): EngineName | undefined {
  const engine = engineNames.find((name) => name === text);
  if (text !== undefined && engine === undefined) {
    throw new UsageError(`--engine: "${text}" is none; there are ${engineNames.join(" and ")}.`);
  }
  return engine;
}

/** Never shows what it refuses: a password may be in it. */
function checkedRepository(text: string = mavenCentral): string {
  const scheme = URL.canParse(text) ? new URL(text).protocol : undefined;
  if (scheme === "https:" || scheme === "http:") return text;
  throw new UsageError(`--maven-repository: not an http(s) address, for example "${mavenCentral}".`);
}
