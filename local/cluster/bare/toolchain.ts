import { createHash } from "node:crypto";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";

import { unzipSync } from "fflate";

import { capture } from "../../../images/process.ts";
import type { Say } from "../cluster.ts";
import { cacheFolder } from "./facts.ts";
import { timed } from "./timed.ts";

/** What the modules below go/ ask for at the most is 1.26.0. */
export const goVersion = "1.26.8";
const module = `v0.0.1-go${goVersion}.linux-amd64`;
const sha256 = "30c2b1bf7dcc88d3eb0a1364e47ddd9128edb3110a30e8a0ef61cd5856b31de7";

/** Whether what `go version` says is new enough. Pure. */
export function isNewEnough(said: string): boolean {
  const [, major = "0", minor = "0"] = /go(\d+)\.(\d+)/.exec(said) ?? [];
  const [neededMajor = 0, neededMinor = 0] = goVersion.split(".").map(Number);
  return Number(major) > neededMajor || (Number(major) === neededMajor && Number(minor) >= neededMinor);
}

/** The first proxy of a list as in GOPROXY (https://go.dev/ref/mod#module-proxy). Pure. */
export function proxyOf(goproxy: string | undefined): string {
  const named = (goproxy ?? "").split(/[,|]/).find((one) => one.includes("://"));
  return (named ?? "https://proxy.golang.org").replace(/\/+$/, "");
}

/** The program `go`: the machine's own, or one from the module proxy (https://go.dev/doc/toolchain). */
export async function findGo(say: Say, signal: AbortSignal): Promise<string> {
  const own = await capture("go", ["version"], { signal, env: { ...process.env, GOTOOLCHAIN: "local" } });
  if (own?.code === 0 && isNewEnough(own.stdout)) return "go";
  const folder = join(cacheFolder, `go-${goVersion}`);
  const program = join(folder, "bin/go");
  if (!existsSync(program)) {
    await timed(say, `Go ${goVersion}: fetched`, () => fetchGo(folder, signal));
  }
  return program;
}

async function fetchGo(folder: string, signal: AbortSignal): Promise<void> {
  const url = `${proxyOf(process.env["GOPROXY"])}/golang.org/toolchain/@v/${module}.zip`;
  const answer = await fetch(url, { signal });
  if (!answer.ok) {
    throw new Error(`${url} answers ${answer.status}: install Go ${goVersion} or newer (https://go.dev/dl/)`);
  }
  const zip = new Uint8Array(await answer.arrayBuffer());
  const hash = createHash("sha256").update(zip).digest("hex");
  if (hash !== sha256) throw new Error(`${url} is not what it should be: its SHA-256 is ${hash}`);
  await mkdir(cacheFolder, { recursive: true });
  const fresh = await mkdtemp(join(cacheFolder, "go-"));
  const prefix = `golang.org/toolchain@${module}/`;
  for (const [path, bytes] of Object.entries(unzipSync(zip))) {
    const file = join(fresh, path.slice(prefix.length));
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, bytes);
    // A module's zip has no such bits.
    if (/^(bin|pkg\/tool)\//.test(path.slice(prefix.length))) await chmod(file, 0o755);
  }
  await rm(folder, { recursive: true, force: true });
  await rename(fresh, folder);
}
