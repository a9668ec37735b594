import { z } from "zod";

import { page, position, type Page } from "../api/pages.ts";
import { iso, isoTime } from "../api/times.ts";
import type { Store } from "../store/store.ts";
import { applicationStateSchema } from "./application-view.ts";

const stateSchema = z
  .object({
    type: z.literal("state"),
    at: isoTime,
    state: applicationStateSchema,
    reason: z.string().nullable().meta({ description: "why it came to this state" }),
  })
  .meta({ id: "StateChange", description: "the application came to a state" });

const eventSchema = z
  .object({
    type: z.literal("event"),
    at: isoTime.meta({ description: "when it happened last, UTC" }),
    level: z.string().meta({ description: "Normal or Warning", examples: ["Warning"] }),
    reason: z.string().meta({ examples: ["FailedScheduling"] }),
    message: z.string(),
    count: z.int().meta({ description: "how often it happened" }),
    object: z.string().meta({ description: "what it is about", examples: ["Pod/word-count-1f-driver"] }),
    source: z.string().meta({ description: "who tells", examples: ["kubelet"] }),
  })
  .meta({
    id: "ClusterEvent",
    description: "an event of Kubernetes about the application or one of its pods",
  });

export const historyEntrySchema = z.discriminatedUnion("type", [stateSchema, eventSchema]);
export type HistoryEntry = z.output<typeof historyEntrySchema>;

/** A time, then states before events, then the row's id. */
const placeSchema = z.tuple([z.int(), z.union([z.literal(0), z.literal(1)]), z.int().min(0)]);

interface Placed {
  readonly place: readonly [at: number, kind: 0 | 1, id: number];
  readonly entry: HistoryEntry;
}

/** A page of what happened to an application, from the first to the last: its states, and Kubernetes' events. */
export async function historyOf(
  { db }: Store,
  applicationId: string,
  limit: number,
  cursor: string | undefined,
): Promise<Page<HistoryEntry>> {
  const after = cursor === undefined ? undefined : position(placeSchema, cursor);
  let states = db.selectFrom("application_states").selectAll().where("application_id", "=", applicationId);
  let events = db.selectFrom("application_events").selectAll().where("application_id", "=", applicationId);
  if (after !== undefined) {
    const [at, kind, id] = after;
    // Of the same time, all states are before the cursor where that is an event, and no event where it is a state.
    const stateId = kind === 0 ? id : Number.MAX_SAFE_INTEGER;
    const eventId = kind === 0 ? -1 : id;
    states = states.where((row) => row(row.refTuple("at", "id"), ">", row.tuple(at, stateId)));
    events = events.where((row) => row(row.refTuple("at", "id"), ">", row.tuple(at, eventId)));
  }
  const [stateRows, eventRows] = await Promise.all([
    states
      .orderBy("at")
      .orderBy("id")
      .limit(limit + 1)
      .execute(),
    events
      .orderBy("at")
      .orderBy("id")
      .limit(limit + 1)
      .execute(),
  ]);
  const rows: Placed[] = [
    ...stateRows.map(({ at, id, state, reason }): Placed => ({
      place: [at, 0, id],
      entry: { type: "state", at: iso(at), state, reason },
    })),
    ...eventRows.map(({ at, id, type, reason, message, count, object, source }): Placed => ({
      place: [at, 1, id],
      entry: { type: "event", at: iso(at), level: type, reason, message, count, object, source },
    })),
  ];
  rows.sort((one, other) => compare(one.place, other.place));
  return page(
    rows,
    limit,
    ({ place }) => place,
    ({ entry }) => entry,
  );
}

function compare(one: readonly number[], other: readonly number[]): number {
  for (const [index, value] of one.entries()) {
    const difference = value - (other[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
