import type { Readable } from "node:stream";

/** Of a longer line, the rest is left out: a follower's memory must not depend on what a job writes. */
const longestLine = 65_536;

/**
 * The lines of a log, as many at a time as have come. What ends without a line break is told only with `wholeLog`: of a
 * stream that was cut off it is half a line, of which the rest comes when it is read again.
 * @throws the stream's error where it breaks off.
 */
export async function* lineBatches(
  stream: Readable,
  { wholeLog }: { readonly wholeLog: boolean },
): AsyncGenerator<readonly string[], void, undefined> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const [first = "", ...more] = String(chunk).split("\n");
    const lines: string[] = [];
    rest = cut(rest + first);
    for (const piece of more) {
      lines.push(rest);
      rest = cut(piece);
    }
    if (lines.length > 0) yield lines;
  }
  if (wholeLog && rest !== "") yield [rest];
}

function cut(line: string): string {
  return line.length <= longestLine ? line : line.slice(0, longestLine);
}
