import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DatabaseSync } from "node:sqlite";

export interface Lock {
  release(): void;
}

/** Somebody else has the lock. */
export class LockedError extends Error {
  override readonly name = "LockedError";
}

/**
 * A lock that one process of this machine can have. It is SQLite's on a file of its own, which the kernel takes off with
 * the process, however that ends: none is ever left behind, there is no process id to be taken for another's, and it
 * works wherever Node does. Who has it is in a file beside, for the message alone.
 * @throws LockedError that names the holder.
 */
export function takeLock(file: string, now = new Date()): Lock {
  mkdirSync(dirname(file), { recursive: true });
  const database = new DatabaseSync(file, { timeout: 0 });
  const holder = `${file}.holder`;
  try {
    database.exec("BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (!(error instanceof Error) || !error.message.includes("locked")) throw error;
    throw new LockedError(`another demo runs (${readHolder(holder)}): wait for its end, or stop it`);
  }
  const time = now.toTimeString().slice(0, 5);
  writeFileSync(holder, `process ${process.pid}, since ${time}`);
  return {
    release() {
      rmSync(holder, { force: true });
      database.close();
    },
  };
}

function readHolder(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return "a process that has just begun";
  }
}
