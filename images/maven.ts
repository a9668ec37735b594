/** Jars from a Maven repository into a cache folder: verified as they arrive, moved in place when whole. */
import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { messageOf, UserError } from "./errors.ts";
import { jarFile, jarPath } from "./recipe.ts";
import type { Jar } from "./versions.ts";

/** Maven Central. */
export const mavenCentral = "https://repo.maven.apache.org/maven2";

export interface FetchOptions {
  /** Address of the repository; a user and password in it are sent as basic authentication. */
  readonly repository: string;
  /** Folder of the jars. */
  readonly cache: string;
  /** How often a download is tried that breaks off or meets a busy server. Default 3. */
  readonly attempts?: number;
  /** Wait before the second try; doubles each time. Default 1000. */
  readonly retryDelayMs?: number;
  readonly signal?: AbortSignal;
  /** Called after each piece that arrived; `total` is absent where the server does not say. */
  readonly onProgress?: (jar: Jar, bytes: number, total: number | undefined) => void;
  /** Called with what the user should know and need not act on. */
  readonly onNote?: (text: string) => void;
}

/** A server's passing trouble: worth another try. */
class PassingError extends Error {}

/** The path of a jar in the cache, downloaded where it is not there yet or no longer what it should be. */
export async function fetchJar(jar: Jar, options: FetchOptions): Promise<string> {
  const { cache, attempts = 3, retryDelayMs = 1000, onNote } = options;
  const file = join(cache, jarFile(jar));
  await mkdir(cache, { recursive: true });
  const cached = await fileSha256(file);
  if (cached === jar.sha256) return file;
  if (cached !== undefined) {
    await rm(file, { force: true });
    onNote?.(`${file} is damaged and removed: expected SHA-256 ${jar.sha256}, got ${cached}.`);
  }
  await removeAbandoned(cache);
  for (let attempt = 1; ; attempt++) {
    try {
      await download(jar, file, options);
      return file;
    } catch (error) {
      if (!(error instanceof PassingError)) throw error;
      if (attempt >= attempts) throw new UserError(`${error.message} Tried ${attempts} times.`);
      onNote?.(`${error.message} Trying again.`);
      await sleep(retryDelayMs * 2 ** (attempt - 1), undefined, { signal: options.signal });
    }
  }
}

/** Address and headers of a request; fetch refuses credentials inside an address. */
export function jarRequest(
  repository: string,
  jar: Jar,
): { readonly url: string; readonly headers: Headers } {
  const url = new URL(`${repository.replace(/\/+$/, "")}/${jarPath(jar)}`);
  const headers = new Headers();
  if (url.username !== "") {
    const login = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers.set("authorization", `Basic ${Buffer.from(login).toString("base64")}`);
    url.username = url.password = "";
  }
  return { url: url.href, headers };
}

async function download(jar: Jar, file: string, options: FetchOptions): Promise<void> {
  const { signal, onProgress } = options;
  const { url, headers } = jarRequest(options.repository, jar);
  const part = `${file}.${process.pid}.part`;
  const hash = createHash("sha256");
  let bytes = 0;
  try {
    const response = await fetch(url, { headers, ...(signal && { signal }) }).catch((error: unknown) => {
      throw unlessAborted(signal, error, `${url} cannot be reached: ${messageOf(error)}.`);
    });
    if (!response.ok || response.body === null) throw statusError(url, response.status);
    const length = Number(response.headers.get("content-length") ?? Number.NaN);
    const counted = async function* (pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
      try {
        for await (const piece of pieces) {
          hash.update(piece);
          bytes += piece.byteLength;
          onProgress?.(jar, bytes, Number.isNaN(length) ? undefined : length);
          yield piece;
        }
      } catch (error) {
        throw unlessAborted(signal, error, `${url} broke off after ${bytes} bytes: ${messageOf(error)}.`);
      }
    };
    await pipeline(response.body, counted, createWriteStream(part));
    const got = hash.digest("hex");
    if (got !== jar.sha256) {
      throw new UserError(
        `${url} is not the file that was tested: expected SHA-256 ${jar.sha256}, got ${got} (${bytes} bytes, deleted).`,
      );
    }
    await rename(part, file);
  } finally {
    await rm(part, { force: true });
  }
}

/** The same error after an interruption, else one that is worth another try. */
function unlessAborted(signal: AbortSignal | undefined, error: unknown, message: string): unknown {
  return signal?.aborted === true ? error : new PassingError(message);
}

function statusError(url: string, status: number): Error {
  if (status >= 500 || status === 429) return new PassingError(`${url} answered ${status}.`);
  const hint =
    status === 401 || status === 403
      ? "put the user and password in the repository's address"
      : "name a repository that has it with --maven-repository or MAVEN_REPOSITORY";
  return new UserError(`${url} answered ${status}: ${hint}.`);
}

async function fileSha256(file: string): Promise<string | undefined> {
  const found = await stat(file).catch(() => undefined);
  if (found === undefined) return undefined;
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), hash);
  return hash.digest("hex");
}

/** Parts of runs that were killed: nobody has written to them for ten minutes. */
async function removeAbandoned(cache: string): Promise<void> {
  for (const name of await readdir(cache)) {
    if (!name.endsWith(".part")) continue;
    const path = join(cache, name);
    const found = await stat(path).catch(() => undefined);
    if (found !== undefined && Date.now() - found.mtimeMs > 600_000) await rm(path, { force: true });
  }
}
