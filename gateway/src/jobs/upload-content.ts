import { createHash } from "node:crypto";
import type { Readable } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";

/** A client that sends nothing for so long is gone; sooner than the store loses patience (storage/s3.ts). */
const standstillMs = 20 * secondMs;

/**
 * Content as it comes, if it is the one of this SHA-256: its last piece is held back until that is known. So whoever takes
 * it never has the whole of any other, whatever he checks himself.
 * @throws Problem `upload-mismatch`; `malformed-request` where it breaks off; `request-timeout` where it stands still.
 */
export async function* contentNamed(
  sha256: string,
  content: Readable,
  patienceMs = standstillMs,
): AsyncGenerator<Uint8Array, void, undefined> {
  const hash = createHash("sha256");
  let held: Uint8Array | undefined;
  // No `for await`, which destroys what is not read to its end: a request would take its connection with it.
  const pieces: AsyncIterator<unknown, unknown> = content[Symbol.asyncIterator]();
  for (;;) {
    const { value, done } = await inTime(pieces.next(), patienceMs);
    if (done === true) break;
    if (!(value instanceof Uint8Array)) throw new TypeError("the content is no bytes");
    hash.update(value);
    if (held !== undefined) yield held;
    held = value;
  }
  if (hash.digest("hex") !== sha256) {
    throw new Problem("upload-mismatch", "send the content whose SHA-256 is in the path");
  }
  if (held !== undefined) yield held;
}

async function inTime<T>(piece: Promise<T>, patienceMs: number): Promise<T> {
  const here = new AbortController();
  const late = sleep(patienceMs, undefined, { signal: here.signal }).then(
    () => {
      throw new Problem("request-timeout", `nothing came for ${patienceMs / secondMs} s; send it again`);
    },
    // The piece was here before; who waits for neither any more is not told.
    () => piece,
  );
  const whole = piece.catch((cause: unknown) => {
    throw new Problem("malformed-request", "the content broke off; send it again", { cause });
  });
  try {
    return await Promise.race([whole, late]);
  } finally {
    here.abort();
  }
}
