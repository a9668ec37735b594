import type { Readable } from "node:stream";

/**
 * The lines of a stream, without their ends; the last one also where nothing ends it. Unlike readline's, it throws where
 * the stream breaks off.
 */
export async function* linesOf(stream: Readable): AsyncGenerator<string, void, undefined> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const [first = "", ...more] = String(chunk).split("\n");
    rest += first;
    for (const piece of more) {
      yield rest;
      rest = piece;
    }
  }
  if (rest !== "") yield rest;
}
