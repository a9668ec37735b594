import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { once } from "node:events";
import { request } from "node:https";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { connect } from "node:tls";

import { attempt, run } from "./commands.ts";
import { host } from "./names.ts";
import type { Undo } from "./undo.ts";
import { dockerConfig, type User } from "./users.ts";

export interface Reply {
  readonly status: number;
  readonly body: string;
  /** Where the reply sends the client. */
  readonly location: string | undefined;
}

const env = { ...process.env, STORAGE_DRIVER: "overlay", BUILDAH_ISOLATION: "chroot" };

/** Somebody who uses the registry from outside, and trusts no more than the given authorities. */
export class Client {
  readonly #undo: Undo;
  readonly #folder: string;
  readonly #trust: string;
  readonly #authorities: readonly string[];

  private constructor(undo: Undo, folder: string, authorities: readonly string[]) {
    this.#undo = undo;
    this.#folder = folder;
    this.#trust = join(folder, "trust");
    this.#authorities = authorities;
  }

  /** @param authorities PEM. */
  static async open(undo: Undo, parent: string, authorities: readonly string[]): Promise<Client> {
    const client = new Client(undo, await mkdtemp(join(parent, "client-")), authorities);
    await mkdir(client.#trust);
    for (const [index, pem] of authorities.entries()) {
      await writeFile(join(client.#trust, `${index}.crt`), pem);
    }
    return client;
  }

  /** Builds an image of these files on a base; gone after the test. */
  async build(
    reference: string,
    base: string,
    files: Readonly<Record<string, string | Buffer>>,
  ): Promise<void> {
    const context = await mkdtemp(join(this.#folder, "context-"));
    const names = Object.keys(files);
    for (const [name, content] of Object.entries(files)) await writeFile(join(context, name), content);
    await writeFile(join(context, "Dockerfile"), `FROM ${base}\nCOPY ${names.join(" ")} /\n`);
    await run("buildah", ["build", "--quiet", "--tag", reference, context], { env });
    this.#undo.add(`image ${reference}`, () => run("buildah", ["rmi", "--force", reference], { env }));
  }

  /** Pushes; undefined where it went well, else what buildah says. */
  async push(local: string, remote: string, who?: User): Promise<string | undefined> {
    return this.#buildah(["push", "--quiet", "--retry", "0"], [local, `docker://${host}/${remote}`], who);
  }

  /** Pulls every byte; undefined where it went well, else what buildah says. */
  async pull(remote: string, who?: User): Promise<string | undefined> {
    const storage = await mkdtemp(join(this.#folder, "storage-"));
    const own = [
      "--root",
      join(storage, "root"),
      "--runroot",
      join(storage, "run"),
      "--storage-driver",
      "vfs",
    ];
    try {
      return await this.#buildah(
        [...own, "pull", "--quiet", "--retry", "0"],
        [`docker://${host}/${remote}`],
        who,
      );
    } finally {
      await rm(storage, { recursive: true, force: true });
    }
  }

  async #buildah(
    command: readonly string[],
    names: readonly string[],
    who: User | undefined,
  ): Promise<string | undefined> {
    const authfile = join(this.#folder, "auth.json");
    await writeFile(authfile, who === undefined ? "{}" : dockerConfig(host, who), { mode: 0o600 });
    const options = ["--authfile", authfile, "--cert-dir", this.#trust];
    const { code, stderr } = await attempt("buildah", [...command, ...options, ...names], { env });
    return code === 0 ? undefined : stderr.trim();
  }

  /** SHA-256 of the certificate that the registry shows. */
  async fingerprint(): Promise<string> {
    const socket = connect({ host, port: 443, servername: host, ca: [...this.#authorities] });
    try {
      await once(socket, "secureConnect");
      return socket.getPeerCertificate().fingerprint256;
    } finally {
      socket.destroy();
    }
  }

  /** One request to the registry, or to where it sent the client before. @throws where TLS or the connection fails. */
  async ask(path: string, who?: User): Promise<Reply> {
    const url = new URL(path, `https://${host}`);
    const auth = who === undefined || url.host !== host ? {} : { auth: `${who.name}:${who.password}` };
    const accept = { accept: "application/vnd.oci.image.manifest.v1+json" };
    return new Promise((resolve, reject) => {
      const options = { ca: [...this.#authorities], headers: accept, agent: false, timeout: 15_000, ...auth };
      const sent = request(url, options, (response) => {
        const { statusCode: status = 0, headers } = response;
        text(response).then((body) => {
          resolve({ status, body, location: headers.location });
        }, reject);
      });
      sent.on("timeout", () => sent.destroy(new Error("no answer in 15 s")));
      sent.on("error", reject);
      sent.end();
    });
  }
}
