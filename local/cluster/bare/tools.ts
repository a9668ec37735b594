import { createHash } from "node:crypto";
import { cpSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, readdir, rename, rm, symlink } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { runProgram } from "../../process.ts";
import type { Say } from "../cluster.ts";
import { cacheFolder } from "./facts.ts";
import { timed } from "./timed.ts";

/** Programs that are compiled from one module: a folder below go/, which pins the versions of all that is in it. */
export interface Tools {
  readonly module: string;
  readonly packages: readonly string[];
  /** The module whose folder has more that is needed, and what of it: path there to name beside the programs. */
  readonly data?: { readonly of: string; readonly folders: Readonly<Record<string, string>> };
}

/** In the order in which they are built: the longest first. */
export const tools: readonly Tools[] = [
  {
    module: "kubernetes",
    packages: [
      "kube-apiserver",
      "kube-controller-manager",
      "kube-scheduler",
      "kubelet",
      "kube-proxy",
      "kubectl",
    ].map((name) => `k8s.io/kubernetes/cmd/${name}`),
  },
  { module: "etcd", packages: ["go.etcd.io/etcd/server/v3"] },
  { module: "coredns", packages: ["."] },
  { module: "pause", packages: ["."] },
  { module: "helm", packages: ["helm.sh/helm/v3/cmd/helm"] },
  {
    module: "spark-operator",
    packages: ["github.com/kubeflow/spark-operator/v2/cmd/operator"],
    data: {
      of: "github.com/kubeflow/spark-operator/v2",
      folders: { "charts/spark-operator-chart": "chart", "entrypoint.sh": "entrypoint.sh" },
    },
  },
  { module: "versitygw", packages: ["github.com/versity/versitygw/cmd/versitygw"] },
  { module: "oauth2-proxy", packages: ["github.com/oauth2-proxy/oauth2-proxy/v7"] },
  { module: "dex", packages: ["github.com/dexidp/dex/cmd/dex"] },
];

const sources = fileURLToPath(new URL("go/", import.meta.url));
const built = join(cacheFolder, "tools");

/** Flags of the linker: no symbols, and for Kubernetes its version, which clients ask for. Pure. */
export function linkerFlags(goMod: string): string {
  const [, version, major, minor] = /k8s\.io\/kubernetes (v(\d+)\.(\d+)\.\S+)/.exec(goMod) ?? [];
  if (version === undefined || major === undefined || minor === undefined) return "-s -w";
  const set = { gitVersion: version, gitMajor: major, gitMinor: minor, gitTreeState: "clean" };
  const stamped = Object.entries(set).map(
    ([name, value]) => `-X k8s.io/component-base/version.${name}=${value}`,
  );
  return ["-s -w", ...stamped].join(" ");
}

/** Where the programs of a module are, or will be: another place for each content of the module. */
export function folderOf(tool: Tools, from = sources): string {
  const folder = join(from, tool.module);
  const flags = linkerFlags(readFileSync(join(folder, "go.mod"), "utf8"));
  const hash = createHash("sha256").update(JSON.stringify({ tool, flags }));
  for (const file of readdirSync(folder).sort()) hash.update(file).update(readFileSync(join(folder, file)));
  return join(built, `${tool.module}-${hash.digest("hex").slice(0, 12)}`);
}

/** Path of a program. @throws where no module has it. */
export function toolPath(name: string): string {
  const tool = tools.find(
    (one) => one.packages.some((path) => path.endsWith(`/${name}`)) || one.module === name,
  );
  if (tool === undefined) throw new Error(`no module builds ${name}`);
  return join(folderOf(tool), name);
}

/** Folder with the operator's chart. */
export const chartFolder = (): string => toolPath("spark-operator").replace(/spark-operator$/, "chart");

/** Folder with links to the programs that people and the engine call. */
export const programsFolder = join(cacheFolder, "bin");

/** Builds what is not there as the modules say now. */
export async function buildTools(go: () => Promise<string>, say: Say, signal: AbortSignal): Promise<void> {
  await mkdir(programsFolder, { recursive: true });
  for (const tool of tools) {
    if (existsSync(folderOf(tool))) continue;
    const names = tool.packages.map((path) =>
      path
        .replace(/\/v\d+$/, "")
        .split("/")
        .at(-1),
    );
    say(`${tool.module}: compiling${names.length > 1 ? ` ${names.join(", ")}` : ""}`);
    const compiler = await go();
    await timed(say, `${tool.module}: compiled`, () => buildModule(compiler, tool, signal));
    await removeOlder(tool);
  }
  for (const name of ["kubectl", "helm"]) {
    const link = join(programsFolder, name);
    await rm(link, { force: true });
    await symlink(toolPath(name), link);
  }
}

async function buildModule(go: string, tool: Tools, signal: AbortSignal): Promise<void> {
  const target = folderOf(tool);
  const fresh = `${target}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true });
  const cwd = join(sources, tool.module);
  const env = goEnvironment(process.env);
  const flags = linkerFlags(readFileSync(join(cwd, "go.mod"), "utf8"));
  const args = ["build", "-ldflags", flags, "-o", `${fresh}/`, ...tool.packages];
  await runProgram(go, args, { cwd, env, signal });
  // Some packages are called "server" or "operator", and so are their programs.
  const [made = "", ...others] = await readdir(fresh);
  if (others.length === 0) await rename(join(fresh, made), join(fresh, tool.module));
  if (tool.data !== undefined) {
    const list = ["list", "-m", "-f", "{{.Dir}}", tool.data.of];
    const folder = (await runProgram(go, list, { cwd, env, signal })).trim();
    for (const [from, to] of Object.entries(tool.data.folders)) {
      cpSync(join(folder, from), join(fresh, to), { recursive: true });
    }
  }
  await rm(target, { recursive: true, force: true });
  await rename(fresh, target);
}

/** Go's caches are with the rest, so that one folder is all there is to delete; who has set others gets these. */
export function goEnvironment(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return {
    ...env,
    GOCACHE: env["GOCACHE"] ?? join(cacheFolder, "go-build"),
    GOMODCACHE: env["GOMODCACHE"] ?? join(cacheFolder, "go-modules"),
    GOFLAGS: "-buildvcs=false -mod=readonly -modcacherw",
    GOTOOLCHAIN: "local",
    GOWORK: "off",
    CGO_ENABLED: "0",
  };
}

async function removeOlder(tool: Tools): Promise<void> {
  const current = folderOf(tool);
  for (const name of await readdir(built)) {
    const path = join(built, name);
    if (name.replace(/-[0-9a-f]{12}(\.new)?$/, "") === tool.module && path !== current) {
      await rm(path, { recursive: true, force: true });
    }
  }
}
