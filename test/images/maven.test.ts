import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { fetchJar, jarRequest, mavenCentral, type FetchOptions } from "../../images/maven.ts";
import type { Jar } from "../../images/versions.ts";

const content = Buffer.alloc(300_000, "jar ");
const sha256 = createHash("sha256").update(content).digest("hex");
const jar: Jar = { group: "org.example.deep", artifact: "thing_2.13", version: "1.0", sha256 };
const path = "/maven/org/example/deep/thing_2.13/1.0/thing_2.13-1.0.jar";

let respond: (request: IncomingMessage, response: ServerResponse) => void;
let requests: IncomingMessage[] = [];
const server = createServer((request, response) => {
  requests.push(request);
  respond(request, response);
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = server.address();
assert.ok(address !== null && typeof address === "object");
const repository = `http://127.0.0.1:${address.port}/maven`;
const root = await mkdtemp(join(tmpdir(), "maven-"));
after(async () => {
  server.closeAllConnections();
  server.close();
  await rm(root, { recursive: true });
});

let cache: string;
let notes: string[];
beforeEach(async () => {
  cache = await mkdtemp(join(root, "cache-"));
  notes = [];
  requests = [];
  respond = (_request, response) => {
    response.writeHead(200, { "content-length": content.length }).end(content);
  };
});

const get = (more: Partial<FetchOptions> = {}): Promise<string> =>
  fetchJar(jar, { repository, cache, retryDelayMs: 1, onNote: (text) => notes.push(text), ...more });

/** By checksum: the difference of two large buffers costs assert gigabytes. */
async function holdsContent(file: string): Promise<void> {
  assert.equal(
    createHash("sha256")
      .update(await readFile(file))
      .digest("hex"),
    sha256,
  );
}

describe("fetchJar", () => {
  it("fetches by coordinates and shows how it goes", async () => {
    const seen: [number, number | undefined][] = [];
    const file = await get({ onProgress: (_jar, bytes, total) => seen.push([bytes, total]) });
    assert.equal(file, join(cache, "thing_2.13-1.0.jar"));
    await holdsContent(file);
    assert.deepEqual(
      requests.map(({ url }) => url),
      [path],
    );
    assert.deepEqual(seen.at(-1), [content.length, content.length]);
    assert.deepEqual(await readdir(cache), ["thing_2.13-1.0.jar"]);
  });

  it("makes the cache folder, and takes an address with a slash at its end", async () => {
    await get({ cache: join(cache, "a", "b"), repository: `${repository}/` });
    assert.equal(requests[0]?.url, path);
  });

  it("asks for nothing that the cache has", async () => {
    await get();
    await get();
    assert.equal(requests.length, 1);
    assert.deepEqual(notes, []);
  });

  it("replaces a damaged file in the cache and says so", async () => {
    await writeFile(join(cache, "thing_2.13-1.0.jar"), "rot");
    const rot = createHash("sha256").update("rot").digest("hex");
    await holdsContent(await get());
    assert.equal(notes.length, 1);
    assert.match(notes[0] ?? "", new RegExp(`damaged and removed: expected SHA-256 ${sha256}, got ${rot}`));
  });

  it("refuses and deletes another file, without asking again", async () => {
    const other = Buffer.from("another file");
    respond = (_request, response) => response.end(other);
    const got = createHash("sha256").update(other).digest("hex");
    await assert.rejects(get(), {
      name: "UserError",
      message: `${repository}${path.slice(6)} is not the file that was tested: expected SHA-256 ${sha256}, got ${got} (12 bytes, deleted).`,
    });
    assert.deepEqual(await readdir(cache), []);
    assert.equal(requests.length, 1);
  });

  it("says what is missing where", async () => {
    respond = (_request, response) => response.writeHead(404).end("no");
    await assert.rejects(get(), {
      name: "UserError",
      message: /1\.0\.jar answered 404: name a repository that has it/,
    });
    assert.equal(requests.length, 1);
    assert.deepEqual(await readdir(cache), []);
  });

  it("says that a login is wanted", async () => {
    respond = (_request, response) => response.writeHead(401).end();
    await assert.rejects(get(), /answered 401: put the user and password in the repository's address/);
  });

  it("tries again when a download breaks off, and leaves no part of it", async () => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      if (requests.length > 1) response.end(content);
      else response.write(content.subarray(0, 100_000), () => response.destroy());
    };
    await holdsContent(await get());
    assert.equal(requests.length, 2);
    assert.match(notes.join(), /broke off after \d+ bytes: .*\. Trying again\./);
    assert.deepEqual(await readdir(cache), ["thing_2.13-1.0.jar"]);
  });

  it("gives up on one that always breaks off", async () => {
    respond = (_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 10), () => response.destroy());
    };
    await assert.rejects(get(), { name: "UserError", message: /broke off after .* Tried 3 times\.$/ });
    assert.equal(requests.length, 3);
    assert.deepEqual(await readdir(cache), []);
  });

  it("tries again when the server is busy", async () => {
    respond = (_request, response) => {
      if (requests.length === 1) response.writeHead(503).end();
      else response.end(content);
    };
    await get();
    assert.equal(requests.length, 2);
    assert.match(notes[0] ?? "", /answered 503\. Trying again\./);
  });

  it("says that there is nobody", async () => {
    const nobody = get({ repository: "http://127.0.0.1:1/maven", attempts: 1 });
    await assert.rejects(nobody, {
      name: "UserError",
      message: /1\/maven\/.*1\.0\.jar cannot be reached: .+ Tried 1 times\./,
    });
  });

  it("stops when interrupted, and leaves no part", { timeout: 5000 }, async () => {
    const controller = new AbortController();
    respond = (_request, response) => {
      response.writeHead(200, { "content-length": content.length });
      response.write(content.subarray(0, 10));
    };
    const running = get({
      signal: controller.signal,
      onProgress: () => {
        controller.abort();
      },
    });
    await assert.rejects(running, { name: "AbortError" });
    assert.deepEqual(await readdir(cache), []);
    assert.equal(requests.length, 1);
  });

  it("never takes the part of a killed run for the jar, and removes old ones only", async () => {
    const old = join(cache, "thing_2.13-1.0.jar.1.part");
    await writeFile(old, content.subarray(0, 10));
    await utimes(old, new Date(0), new Date(0));
    await writeFile(join(cache, "thing_2.13-1.0.jar.2.part"), content.subarray(0, 10));
    await holdsContent(await get());
    assert.deepEqual((await readdir(cache)).sort(), ["thing_2.13-1.0.jar", "thing_2.13-1.0.jar.2.part"]);
  });

  it("sends a login of the address as a header, and nowhere shows it", async () => {
    const secret = repository.replace("http://", "http://me:p%40ss@");
    respond = (_request, response) => response.writeHead(403).end();
    await assert.rejects(get({ repository: secret }), (error: Error) => {
      assert.doesNotMatch(error.message, /p%40ss|p@ss/);
      return true;
    });
    assert.equal(requests[0]?.headers.authorization, `Basic ${Buffer.from("me:p@ss").toString("base64")}`);
  });
});

describe("jarRequest", () => {
  it("asks Maven Central without a login", () => {
    const { url, headers } = jarRequest(mavenCentral, jar);
    assert.equal(url, `https://repo.maven.apache.org/maven2${path.slice(6)}`);
    assert.equal(headers.has("authorization"), false);
  });
});
