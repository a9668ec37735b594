import { mkdir } from "node:fs/promises";
import { join } from "node:path";

import { CreateBucketCommand, S3Client } from "@aws-sdk/client-s3";

import { attempt, Daemon, run } from "./commands.ts";
import { bucket, region, role } from "./names.ts";
import type { Undo } from "./undo.ts";

const port = 8170;
const roomMiB = 2048;

/** What stands for S3: a real S3 server, its data in memory, that knows the role's keys. */
export class Store {
  readonly port = port;
  readonly #undo: Undo;
  readonly #folder: string;
  #server: Daemon | undefined;

  private constructor(undo: Undo, folder: string) {
    this.#undo = undo;
    this.#folder = folder;
  }

  static async start(undo: Undo, folder: string): Promise<Store> {
    const store = new Store(undo, folder);
    const data = store.#data;
    await mkdir(data);
    await run("mount", ["-t", "tmpfs", "-o", `size=${roomMiB}m`, "registry-e2e", data]);
    undo.add("the store's data", () => run("umount", ["--lazy", data]));
    await store.resume();
    const { accessKeyId, secretAccessKey } = role;
    const client = new S3Client({
      endpoint: `http://127.0.0.1:${port}`,
      region,
      forcePathStyle: true,
      credentials: { accessKeyId, secretAccessKey },
    });
    await client.send(new CreateBucketCommand({ Bucket: bucket }));
    client.destroy();
    return store;
  }

  get #data(): string {
    return join(this.#folder, "store");
  }

  /** Starts it, again after a stop. */
  async resume(): Promise<void> {
    const domain = `s3.${region}.amazonaws.com`;
    const args = ["--port", `127.0.0.1:${port}`, "--region", region, "--virtual-domain", domain];
    const env = { ROOT_ACCESS_KEY_ID: role.accessKeyId, ROOT_SECRET_ACCESS_KEY: role.secretAccessKey };
    const log = join(this.#folder, "store.log");
    this.#server = await Daemon.start(
      this.#undo,
      "versitygw",
      [...args, "--health", "/healthz", "posix", this.#data],
      { log, env },
    );
    await this.#server.ready("the store", async () => {
      const answer = await fetch(`http://127.0.0.1:${port}/healthz`).catch(() => undefined);
      return answer?.ok === true;
    });
  }

  async stop(): Promise<void> {
    await this.#server?.stop();
  }

  /** Leaves it no room beyond what it holds. */
  async fill(): Promise<void> {
    const used = await run("du", ["-s", "--block-size=1M", this.#data]);
    await run("mount", ["-o", `remount,size=${Number.parseInt(used, 10) + 1}m`, this.#data]);
  }

  async makeRoom(): Promise<void> {
    await attempt("mount", ["-o", `remount,size=${roomMiB}m`, this.#data]);
  }
}
