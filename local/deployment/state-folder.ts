import { mkdir, mkdtemp, realpath } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** The named folder, made where it is not there, or a new temporary one. Nobody else may look into it. */
export async function stateFolder(named: string | undefined, prefix: string): Promise<string> {
  if (named !== undefined) await mkdir(named, { recursive: true, mode: 0o700 });
  return realpath(named ?? (await mkdtemp(join(tmpdir(), prefix))));
}
