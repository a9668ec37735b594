import { promisify } from "node:util";
import { zstdDecompress } from "node:zlib";

import type { Bucket } from "../../e2e/bucket.ts";
import { parseJson } from "../../../local/kube/json.ts";

const decompress = promisify(zstdDecompress);

/**
 * The least that must be done to know what is in an event log: get each object of its folder, decompress it, parse
 * each line, and keep nothing. Of the bench's own logs alone: a file of a job's has more than one frame, of which Node
 * takes the first.
 */
export async function plainRead(bucket: Bucket, folder: string): Promise<void> {
  const keys = (await bucket.keys(folder)).filter((key) => key.endsWith(".zstd"));
  if (keys.length === 0) throw new Error(`no event log in ${folder}`);
  for (const key of keys) {
    const bytes = await decompress(await bucket.bytes(key));
    for (const line of linesOf(bytes)) parseJson(line);
  }
}

function* linesOf(bytes: Buffer): Generator<string> {
  let from = 0;
  for (let to = bytes.indexOf(10); to !== -1; to = bytes.indexOf(10, from)) {
    yield bytes.toString("utf8", from, to);
    from = to + 1;
  }
}
