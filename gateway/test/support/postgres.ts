import { spawn, spawnSync, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import pg from "pg";

/** Debian keeps the server's programs off PATH, by version. */
const debianRoot = "/usr/lib/postgresql";

/** Why tests on PostgreSQL cannot run here; undefined where they can. */
export const postgresIsMissing =
  binaries() === undefined ? "there is no PostgreSQL here: apt-get install postgresql" : undefined;

interface Server {
  readonly folder: string;
  readonly child: ChildProcess;
}

let server: Promise<Server> | undefined;
let databases = 0;

// Here and not where it starts: there it would end with the first test that needs it.
after(async () => {
  if (server === undefined) return;
  const { folder, child } = await server;
  await stop(child);
  rmSync(folder, { recursive: true, force: true });
});

/** The URL of a new, empty database of a server that this process starts once and stops at its end. */
export async function newDatabase(): Promise<string> {
  server ??= start();
  const { folder } = await server;
  const url = (name: string): string => `postgres://gateway@localhost/${name}?host=${folder}`;
  const name = `test_${(databases += 1)}`;
  const client = new pg.Client({ connectionString: url("postgres") });
  await client.connect();
  await client.query(`create database ${name}`);
  await client.end();
  return url(name);
}

/** Reachable by a socket in a folder of its own, so that no port can be taken. Nothing is kept, so that nothing is synced. */
async function start(): Promise<Server> {
  const programs = binaries();
  if (programs === undefined) throw new Error(postgresIsMissing);
  const user = unprivileged();
  const folder = mkdtempSync(join(tmpdir(), "gateway-postgres-"));
  if (user !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, "data");
  const init = spawnSync(
    join(programs, "initdb"),
    ["-D", data, "-U", "gateway", "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync"],
    { ...user, cwd: folder, encoding: "utf8" },
  );
  if (init.status !== 0) throw new Error(`initdb failed: ${init.stderr}`);
  const settings = [
    "listen_addresses=",
    `unix_socket_directories=${folder}`,
    "fsync=off",
    "max_connections=200",
  ];
  const child = spawn(join(programs, "postgres"), ["-D", data, ...settings.flatMap((each) => ["-c", each])], {
    ...user,
    cwd: folder,
    stdio: "ignore",
  });
  await answers(folder, child);
  return { folder, child };
}

async function answers(folder: string, child: ChildProcess): Promise<void> {
  for (;;) {
    if (child.exitCode !== null) throw new Error(`PostgreSQL ended with exit code ${child.exitCode}`);
    const client = new pg.Client({
      connectionString: `postgres://gateway@localhost/postgres?host=${folder}`,
    });
    try {
      await client.connect();
      await client.end();
      return;
    } catch {
      await sleep(100);
    }
  }
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const ended = once(child, "exit");
  child.kill("SIGQUIT");
  await ended;
}

/** The newest version's folder of programs. */
function binaries(): string | undefined {
  if (!existsSync(debianRoot)) return undefined;
  return readdirSync(debianRoot)
    .sort((a, b) => Number(b) - Number(a))
    .map((version) => join(debianRoot, version, "bin"))
    .find((folder) => existsSync(join(folder, "initdb")));
}

/** PostgreSQL refuses to run as root: then it runs as the user that Debian's package makes for it. */
function unprivileged(): { readonly uid: number; readonly gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync("/etc/passwd", "utf8")
    .split("\n")
    .find((each) => each.startsWith("postgres:"));
  const [, , uid, gid] = line?.split(":") ?? [];
  if (uid === undefined || gid === undefined)
    throw new Error("there is no user postgres to run PostgreSQL as");
  return { uid: Number(uid), gid: Number(gid) };
}
