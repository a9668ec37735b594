import { secondMs } from "../clock.ts";
import { follow, type FollowOptions } from "./follow.ts";
import type { Located } from "./locate.ts";
import { heartbeat, lineEvents, namedEvent, retry } from "./sse.ts";
import { untilAborted } from "./until-aborted.ts";

export interface FollowedOptions extends Pick<FollowOptions, "after" | "tailLines" | "onTrouble"> {
  /** Where the log is at first; looked up before the stream began. */
  readonly first: Located;
  readonly locate: () => Promise<Located>;
  readonly timestamps: boolean;
  /** Ends the stream at once. */
  readonly signal: AbortSignal;
  /** Time without an event after which there is a sign of life. */
  readonly heartbeatMs: number;
}

const retryMs = secondMs;

/**
 * A log as server-sent events: its lines, the state of its application while it is waited for, signs of life, and an end
 * that says why. A stream that ends without it is only closed: who comes back with `Last-Event-ID` misses nothing.
 */
export async function* followedLog(options: FollowedOptions): AsyncGenerator<string, void, undefined> {
  const { timestamps, signal, heartbeatMs } = options;
  let located: Located | undefined = options.first;
  let waitsIn: string | undefined;
  let toldState: string | undefined;
  let toldAt = performance.now();
  const locate: FollowOptions["locate"] = async () => {
    const { place, state } = located ?? (await options.locate());
    located = undefined;
    waitsIn = place.kind === "awaited" ? state : undefined;
    return place;
  };
  yield retry(retryMs);
  const { after, tailLines, onTrouble } = options;
  const told = follow({ locate, after, tailLines, onTrouble, signal, quietMs: heartbeatMs });
  for await (const each of untilAborted(told, signal)) {
    let text = "";
    if (each.type === "lines") text = lineEvents(each.lines, { timestamps });
    else if (each.type === "end") text = namedEvent("end", { why: each.why });
    else if (waitsIn !== undefined && waitsIn !== toldState) {
      toldState = waitsIn;
      text = namedEvent("state", { state: waitsIn });
      // A timer may be early by a little, and a sign that is left out comes a whole period later.
    } else if (performance.now() - toldAt >= heartbeatMs * 0.9) text = heartbeat;
    if (text === "") continue;
    toldAt = performance.now();
    yield text;
  }
}
