import { existsSync, readFileSync } from "node:fs";
import { statfs } from "node:fs/promises";
import { freemem } from "node:os";
import { dirname } from "node:path";

const gib = 1024 ** 3;

/** What of the memory of this machine could be had now, in GiB: caches give way, which `freemem` does not count. */
export function availableMemoryGib(): number {
  try {
    const [, kib = "0"] = /^MemAvailable:\s+(\d+) kB$/m.exec(readFileSync("/proc/meminfo", "utf8")) ?? [];
    return (Number(kib) * 1024) / gib;
  } catch {
    return freemem() / gib;
  }
}

/** What of a folder's disk could be had now, in GiB; the folder may be yet to make. */
export async function availableDiskGib(folder: string): Promise<number> {
  let there = folder;
  while (!existsSync(there) && dirname(there) !== there) there = dirname(there);
  const { bavail, bsize } = await statfs(there);
  return (bavail * bsize) / gib;
}

/** The message where there is less than is needed; undefined where there is enough. */
export function tooLittle(what: string, has: number, needs: number, help: string): string | undefined {
  if (has >= needs) return undefined;
  return `${what}: ${has.toFixed(1)} GiB are free, and it needs ${needs}: ${help}`;
}
