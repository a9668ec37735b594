/** The two programs that can build an image, behind one small interface. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";
import { UserError } from "./errors.ts";
import { capture, stream, type RunOptions } from "./process.ts";
import { isLoopback } from "./recipe.ts";
import type { RegistryAccess } from "./registry-access.ts";

export const engineNames = ["docker", "buildah"] as const;
export type EngineName = (typeof engineNames)[number];

/** What is known of an image on this machine. */
export interface LocalImage {
  readonly id: string;
  readonly labels: Readonly<Record<string, string>>;
}

export interface BuildOptions {
  /** Folder with a Dockerfile and what it copies. */
  readonly context: string;
  /** The image's name. */
  readonly reference: string;
  readonly buildArgs: Readonly<Record<string, string>>;
}

/** Builds, finds and pushes images; calls run with the environment they were chosen with. */
export interface Engine {
  readonly name: EngineName;
  /** The image of that name on this machine. */
  inspect(reference: string): Promise<LocalImage | undefined>;
  pull(reference: string): Promise<void>;
  build(options: BuildOptions): Promise<void>;
  /** Writes an image with its name to an archive, which is not there yet, in docker's format. */
  save(reference: string, file: string): Promise<void>;
  /** Takes an image from such an archive, under the name that it has there. */
  load(file: string): Promise<void>;
  /** What must be done before the engine trusts the registry's authority, if it is for the reader to do. */
  trustAdvice(access: RegistryAccess): Promise<string | undefined>;
  /**
   * Pushes a local image under another name; with what the engine itself knows of the registry, or as told. Returns the
   * digest under which the registry has it, `sha256:…`: a tag can be moved, a digest cannot.
   */
  push(local: string, remote: string, access?: RegistryAccess): Promise<string>;
}

const dockerImages = z
  .array(
    z.object({ Id: z.string(), Config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }) }),
  )
  .transform((images) => images.map(({ Id, Config }) => ({ id: Id, labels: Config.Labels ?? {} })));

const dockerDigests = z.array(z.object({ RepoDigests: z.array(z.string()) }));

const buildahImage = z
  .object({
    FromImageID: z.string(),
    OCIv1: z.object({ config: z.object({ Labels: z.record(z.string(), z.string()).nullish() }).nullish() }),
  })
  .transform(({ FromImageID, OCIv1 }) => ({ id: FromImageID, labels: OCIv1.config?.Labels ?? {} }));

/** What both say where an image is not on this machine; any other failure is one of the engine. */
const notHere = /no such image|image not known|not found|does not exist|unable to find/i;

async function inspectJson(
  command: EngineName,
  args: readonly string[],
  options: RunOptions,
): Promise<unknown> {
  const result = await capture(command, args, options);
  if (result?.code === 0) return JSON.parse(result.stdout) as unknown;
  const words = result?.stderr.trim() ?? "not on PATH any more";
  if (notHere.test(words)) return undefined;
  throw new UserError(`${command} cannot look at its images: ${words}`);
}

const buildArgs = (args: Readonly<Record<string, string>>): string[] =>
  Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]);

/** Docker, through its command line. `certificates` is where its engine looks for authorities, by registry. */
export function docker(options: RunOptions = {}, certificates = "/etc/docker/certs.d"): Engine {
  const run = (...args: string[]): Promise<void> => stream("docker", args, options);
  return {
    name: "docker",
    inspect: async (reference) => {
      const found = await inspectJson("docker", ["image", "inspect", reference], options);
      return found === undefined ? undefined : dockerImages.parse(found)[0];
    },
    pull: (reference) => run("pull", reference),
    build: ({ context, reference, buildArgs: args }) =>
      run("build", ...buildArgs(args), "--tag", reference, context),
    save: (reference, file) => run("save", "--output", file, reference),
    load: (file) => run("load", "--input", file),
    trustAdvice: async ({ host, authority }) => {
      if (authority === undefined) return undefined;
      const [ours, trusted] = [join(authority, "ca.crt"), join(certificates, host, "ca.crt")];
      if ((await textOf(trusted)) === (await textOf(ours))) return undefined;
      return (
        `docker's engine must trust the authority of ${host}. Where it runs: sudo install -D -m 644 ${ours} ${trusted} ` +
        "(https://docs.docker.com/engine/security/certificates/)"
      );
    },
    push: async (local, remote, access) => {
      if (local !== remote) await run("tag", local, remote);
      const env = access && (await dockerEnvironment(access, options));
      await stream("docker", ["push", remote], env === undefined ? options : { ...options, env });
      return dockerDigest(remote, options);
    },
  };
}

/**
 * Buildah; which storage and isolation it uses is for its own variables to say.
 * `--layers`: without it, it makes one layer of the whole Dockerfile.
 * `--force-rm`: without it, a build that fails leaves its working containers.
 * `--timestamp`: the same jars are then the same layer in every image, pushed and pulled once.
 */
export function buildah(options: RunOptions = {}): Engine {
  const run = (...args: string[]): Promise<void> => stream("buildah", args, options);
  return {
    name: "buildah",
    inspect: async (reference) => {
      const found = await inspectJson("buildah", ["inspect", "--type", "image", reference], options);
      return found === undefined ? undefined : buildahImage.parse(found);
    },
    pull: (reference) => run("pull", reference),
    build: ({ context, reference, buildArgs: args }) =>
      run(
        "build",
        "--layers",
        "--force-rm",
        "--timestamp",
        "0",
        ...buildArgs(args),
        "--tag",
        reference,
        context,
      ),
    save: (reference, file) => run("push", reference, `docker-archive:${file}:${reference}`),
    load: (file) => run("pull", `docker-archive:${file}`),
    trustAdvice: () => Promise.resolve(undefined),
    push: async (local, remote, access) => {
      if (local !== remote) await run("tag", local, remote);
      const authority = access?.authority;
      const verify = authority !== undefined || !isLoopback(remote);
      const folder = await mkdtemp(join(tmpdir(), "image-digest-"));
      try {
        const digest = join(folder, "digest");
        await run(
          "push",
          `--tls-verify=${String(verify)}`,
          `--digestfile=${digest}`,
          ...(access === undefined ? [] : ["--authfile", join(access.credentials, "config.json")]),
          ...(authority === undefined ? [] : ["--cert-dir", authority]),
          remote,
        );
        return checkedDigest(await textOf(digest), remote);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
  };
}

/** Docker notes with an image which digest each repository has given it. */
async function dockerDigest(remote: string, options: RunOptions): Promise<string> {
  const found = await inspectJson("docker", ["image", "inspect", remote], options);
  const [image] = dockerDigests.parse(found);
  const repository = `${remote.slice(0, remote.lastIndexOf(":"))}@`;
  const own = image?.RepoDigests.find((name) => name.startsWith(repository));
  return checkedDigest(own?.slice(repository.length), remote);
}

function checkedDigest(digest: string | undefined, remote: string): string {
  if (digest !== undefined && /^sha256:[0-9a-f]{64}$/.test(digest)) return digest;
  throw new UserError(`${remote} was pushed, but its digest cannot be told.`);
}

/** Another configuration also means docker's default engine: the one in use is named as well. */
async function dockerEnvironment(access: RegistryAccess, options: RunOptions): Promise<NodeJS.ProcessEnv> {
  const args = ["context", "inspect", "--format", "{{.Endpoints.docker.Host}}"];
  const context = await capture("docker", args, options);
  const engine = context?.code === 0 ? { DOCKER_HOST: context.stdout.trim() } : {};
  return { ...(options.env ?? process.env), ...engine, DOCKER_CONFIG: access.credentials };
}

const textOf = (file: string): Promise<string | undefined> =>
  readFile(file, "utf8").then(
    (text) => text.trim(),
    () => undefined,
  );

/** The engine to use: the one that was asked for, else docker where its engine answers, else buildah. */
export async function chooseEngine(wanted?: EngineName, options: RunOptions = {}): Promise<Engine> {
  const problems: string[] = [];
  for (const name of wanted === undefined ? engineNames : [wanted]) {
    const problem = name === "docker" ? await dockerProblem(options) : await buildahProblem(options);
    if (problem === undefined) return name === "docker" ? docker(options) : buildah(options);
    problems.push(problem);
  }
  throw new UserError(
    `No engine to build images with: ${problems.join("; ")}. Install buildah, or start docker.`,
  );
}

/** Why docker cannot be used, if so. The client alone can do nothing: its engine must answer. */
export async function dockerProblem(options: RunOptions): Promise<string | undefined> {
  const args = ["info", "--format", "{{.ServerVersion}}"];
  const info = await capture("docker", args, { ...options, timeoutMs: 20_000 });
  if (info === undefined) return "docker is not on PATH";
  if (info.code === 0 && info.stdout.trim() !== "") return undefined;
  return `docker is on PATH, but its engine does not answer (${lastLine(info.stderr)})`;
}

async function buildahProblem(options: RunOptions): Promise<string | undefined> {
  const version = await capture("buildah", ["--version"], options);
  if (version === undefined) return "buildah is not on PATH";
  return version.code === 0 ? undefined : `buildah does not run (${lastLine(version.stderr)})`;
}

const lastLine = (text: string): string => text.trim().split("\n").at(-1) ?? "";
