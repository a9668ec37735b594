import { fileURLToPath } from "node:url";

import type { EngineName } from "../../images/engine.ts";
import { runProgram } from "../process.ts";
import type { Say } from "./cluster.ts";

const build = fileURLToPath(new URL("../../images/build.ts", import.meta.url));

export interface ImageOptions {
  readonly engine?: EngineName;
  readonly pushTo?: string;
  /** Default: all. */
  readonly names?: readonly string[];
  /** The engine's environment. Default: this process's. */
  readonly env?: NodeJS.ProcessEnv;
}

/** Builds what of the platform's images is not up to date (`npm run images`), and returns their names. */
export async function buildImages(
  options: ImageOptions,
  say: Say,
  signal: AbortSignal,
): Promise<readonly string[]> {
  const { engine, pushTo, names = [], env } = options;
  const args = [
    ...(engine === undefined ? [] : ["--engine", engine]),
    ...(pushTo === undefined ? [] : ["--push-to", pushTo]),
    ...names,
  ];
  const written = await runProgram(process.execPath, [build, ...args], {
    ...(env && { env }),
    signal,
    onLine: (line) => {
      // What the engine itself says is for nobody but its log.
      if (line.startsWith("images: ")) say(line.slice("images: ".length));
    },
  });
  return written.trim().split("\n");
}
