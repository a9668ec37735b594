import { formatId, type LogLine } from "./log-line.ts";

/** Server-sent events. https://html.spec.whatwg.org/multipage/server-sent-events.html */

/** A log's lines, an event each, which a reader can go on from. Remarks of Kubernetes' own have no id. */
export function lineEvents(
  lines: readonly LogLine[],
  { timestamps }: { readonly timestamps: boolean },
): string {
  return lines
    .map(({ id, text }) => {
      if (id === undefined) return `${data(text)}\n`;
      return `id: ${formatId(id)}\n${data(timestamps ? `${id.time} ${text}` : text)}\n`;
    })
    .join("");
}

/** An event that is no line of the log. It has no id, so that the reader's place stays. */
export function namedEvent(name: "state" | "end", fields: Readonly<Record<string, string>>): string {
  return `event: ${name}\n${data(JSON.stringify(fields))}\n`;
}

/** Milliseconds after which a reader comes back when the stream ends. */
export function retry(ms: number): string {
  return `retry: ${ms}\n\n`;
}

export const heartbeat = ": alive\n\n";

/** A carriage return ends a line too: what follows it must not be taken for a field of the event. */
function data(text: string): string {
  return text
    .split(/\r\n|\r|\n/)
    .map((line) => `data: ${line}\n`)
    .join("");
}
