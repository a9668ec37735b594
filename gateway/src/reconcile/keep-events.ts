import type { Insertable } from "kysely";

import type { ObservedEvent } from "../kubernetes/objects.ts";
import type { ApplicationEventRow } from "../store/application-tables.ts";
import type { Store } from "../store/store.ts";

/** SQLite takes 32,766 values in a statement, PostgreSQL 65,535. */
const batch = 500;

/** Writes events about an application down, once each; one that is known counts up, and never down. */
export async function keepEvents(
  { db }: Store,
  applicationId: string,
  events: readonly ObservedEvent[],
): Promise<void> {
  const rows = events.map((event) => toRow(applicationId, event));
  for (let from = 0; from < rows.length; from += batch) {
    await db
      .insertInto("application_events")
      .values(rows.slice(from, from + batch))
      .onConflict((conflict) =>
        conflict
          .columns(["application_id", "uid"])
          .doUpdateSet((row) => ({
            at: row.ref("excluded.at"),
            count: row.ref("excluded.count"),
            message: row.ref("excluded.message"),
          }))
          .whereRef("excluded.count", ">", "application_events.count"),
      )
      .execute();
  }
}

function toRow(applicationId: string, event: ObservedEvent): Insertable<ApplicationEventRow> {
  const { metadata, involvedObject, series, source } = event;
  return {
    application_id: applicationId,
    uid: metadata.uid,
    at: Date.parse(lastTime(event)),
    count: series?.count ?? event.count ?? 1,
    type: event.type,
    reason: event.reason,
    message: event.message,
    source: source.component ?? event.reportingComponent ?? "",
    object: `${involvedObject.kind ?? ""}/${involvedObject.name ?? ""}`,
  };
}

/** Events have their time in one of several fields, by the API that wrote them. */
function lastTime({ series, lastTimestamp, eventTime, firstTimestamp, metadata }: ObservedEvent): string {
  return (
    series?.lastObservedTime ?? lastTimestamp ?? eventTime ?? firstTimestamp ?? metadata.creationTimestamp
  );
}
