import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import https from "node:https";
import { tmpdir } from "node:os";
import path from "node:path";
import { promisify } from "node:util";

import { dockerAuth } from "../../components/registry/docker-auth.ts";

/** A user of the registry, or none. */
export interface Credentials {
  readonly username: string;
  readonly password: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** How long one request may take. */
const patienceMs = 30_000;
const run = promisify(execFile);

/** A registry over TLS, as its users meet it: its API, and buildah. Only the given authority is trusted. */
export class RegistryClient {
  readonly host: string;
  readonly authority: string;
  readonly #folder = mkdtempSync(path.join(tmpdir(), "e2e-registry-"));

  constructor(host: string, authority: string) {
    this.host = host;
    this.authority = authority;
    writeFileSync(path.join(this.#folder, "ca.crt"), authority);
  }

  /** One request to the API. @throws where there is no answer, or one of an unknown authority. */
  ask(method: string, requestPath: string, user?: Credentials): Promise<Answer> {
    const auth = user && `${user.username}:${user.password}`;
    // An own connection each time, as a new client has.
    const headers = { accept: "application/vnd.oci.image.manifest.v1+json" };
    const options = {
      method,
      headers,
      ca: this.authority,
      agent: false,
      // The way to the server included: what goes to a pod that is just gone is answered by nobody.
      signal: AbortSignal.timeout(patienceMs),
      ...(auth !== undefined && { auth }),
    };
    return new Promise((resolve, reject) => {
      const request = https.request(`https://${this.host}${requestPath}`, options, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body });
        });
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end();
    });
  }

  /** Builds an image of this registry on another one. `user` may pull the other one. */
  async build(image: string, dockerfile: string, user?: Credentials): Promise<void> {
    const file = path.join(this.#folder, "Dockerfile");
    writeFileSync(file, dockerfile);
    const options = ["--timestamp", "0", "--file", file, "--tag", `${this.host}/${image}`];
    await this.#buildah(["build", ...this.#trust(user), ...options, this.#folder]);
  }

  /** Pushes an image that was built. @throws with what buildah says. */
  async push(image: string, user?: Credentials): Promise<void> {
    await this.#buildah(["push", ...this.#trust(user), `${this.host}/${image}`]);
  }

  close(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  #trust(user: Credentials | undefined): string[] {
    const file = path.join(this.#folder, "auth.json");
    writeFileSync(file, user === undefined ? "{}" : dockerAuth(this.host, user.username, user.password));
    return ["--authfile", file, "--cert-dir", this.#folder];
  }

  async #buildah(args: readonly string[]): Promise<void> {
    await run("buildah", [...args], { maxBuffer: 2 ** 26 });
  }
}
