import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { test } from "node:test";

import { Problem } from "../../src/errors/problem.ts";
import { contentNamed } from "../../src/jobs/upload-content.ts";

const pieces = ["import a\n", "print(a)\n"].map((text) => Buffer.from(text));
const sha256 = createHash("sha256").update(Buffer.concat(pieces)).digest("hex");

async function taken(
  content: Readable,
  name = sha256,
  patienceMs?: number,
): Promise<{ readonly text: string; readonly code: string | undefined }> {
  const chunks: Uint8Array[] = [];
  let code: string | undefined;
  try {
    for await (const chunk of contentNamed(name, content, patienceMs)) chunks.push(chunk);
  } catch (error) {
    code = error instanceof Problem ? error.code : assert.fail(String(error));
  }
  return { text: Buffer.concat(chunks).toString(), code };
}

test("content comes out whole where it is what its name says, and else lacks its end", async () => {
  assert.deepEqual(await taken(Readable.from(pieces)), { text: "import a\nprint(a)\n", code: undefined });
  assert.deepEqual(await taken(Readable.from(pieces), "0".repeat(64)), {
    text: "import a\n",
    code: "upload-mismatch",
  });
  assert.deepEqual(await taken(Readable.from([])), { text: "", code: "upload-mismatch" });
});

test("content that breaks off, or stands still, is given up; whose it is may still be answered", async () => {
  const broken = Readable.from(
    (function* () {
      yield* pieces;
      throw new Error("reset");
    })(),
  );
  assert.deepEqual(await taken(broken), { text: "import a\n", code: "malformed-request" });
  const still = new Readable({ read: () => undefined });
  still.push(pieces[0]);
  assert.deepEqual(await taken(still, sha256, 5), { text: "", code: "request-timeout" });
  assert.equal(still.destroyed, false);
});
