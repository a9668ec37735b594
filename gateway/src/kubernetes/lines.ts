import type { Readable } from "node:stream";

import { objectBytes, TooLarge } from "./transport.ts";

/**
 * The lines of a watch, without their ends; the last one also where nothing ends it. Unlike readline's, it throws where
 * the stream breaks off, and where a line is longer than an object can be.
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
    if (rest.length > objectBytes) throw new TooLarge(`a line has more than ${objectBytes} characters`);
  }
  if (rest !== "") yield rest;
}
