/** The stack's registry, as `pulumi up` left it in the stack's outputs (components/registry/registry-output.ts). */
import { z } from "zod";
import { platformFolder } from "../components/registry/registry.ts";
import { UserError } from "./errors.ts";
import { capture, type RunOptions } from "./process.ts";
import { registryProblem } from "./recipe.ts";

/** A registry and who may push to it. */
export interface StackRegistry {
  /** `HOST` or `HOST:PORT` */
  readonly host: string;
  /** Registry and folder to push the platform's images to. */
  readonly platformImages: string;
  /** PEM of the authority to trust; absent where everybody does so anyway. */
  readonly certificateAuthority?: string | undefined;
  readonly username: string;
  readonly password: string;
}

const outputs = z.object({
  registry: z.object({
    platformImages: z.string(),
    host: z
      .string()
      .refine((host) => registryProblem(host) === undefined)
      .optional(),
    certificateAuthority: z.string().includes("-----BEGIN CERTIFICATE-----").optional(),
    push: z.object({ username: z.string().min(1), password: z.string().min(1) }).optional(),
  }),
});

/**
 * Asks the Pulumi CLI for the outputs of a stack; of the one that is selected, if none is named.
 * @param project folder of Pulumi.yaml
 * @throws UserError without a word of what the outputs are, since secrets are among them.
 */
export async function readStackRegistry(
  stack: string | undefined,
  project: string,
  options: RunOptions = {},
): Promise<StackRegistry> {
  const which = stack === undefined ? [] : ["--stack", stack];
  const args = ["stack", "output", "--json", "--show-secrets", "--cwd", project, ...which];
  const result = await capture("pulumi", args, options);
  if (result === undefined) throw new UserError(`pulumi is not on PATH. ${otherwise}`);
  if (result.code !== 0) {
    const hint = stack === undefined ? " Name another stack with --stack." : "";
    throw new UserError(`pulumi stack output: ${result.stderr.trim()}.${hint}`);
  }
  return stackRegistry(result.stdout, stack === undefined ? "the selected stack" : `stack ${stack}`);
}

const otherwise = "`--push-to REGISTRY` pushes without the stack, with the engine's own login.";

function stackRegistry(text: string, name: string): StackRegistry {
  const parsed = outputs.safeParse(parseJson(text));
  if (!parsed.success) {
    const where = parsed.error.issues.map(({ path }) => path.join(".") || "no JSON").join(", ");
    throw new UserError(`${name} has no such outputs as \`pulumi up\` writes (${where}): run it first.`);
  }
  const { host, platformImages, certificateAuthority, push } = parsed.data.registry;
  if (host === undefined) {
    throw new UserError(`${name} has no registry: stacks/README.md says how to give it one. ${otherwise}`);
  }
  if (push === undefined) {
    throw new UserError(`${name} does not know who may push to ${host}: set registry.push. ${otherwise}`);
  }
  return {
    host,
    // They are elsewhere as long as the registry is new: the operator cannot start from an empty one.
    platformImages: platformImages.startsWith(`${host}/`) ? platformImages : `${host}/${platformFolder}`,
    certificateAuthority,
    ...push,
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
