import { z } from "zod";

import { isRecord } from "../../../jobs/manifest/record.ts";
import type { Cluster, NewApplication } from "../kubernetes/cluster.ts";
import type { ObservedApplication } from "../kubernetes/objects.ts";
import type { ApplicationRow } from "../store/application-tables.ts";
import { annotations } from "./application.ts";

/** What the gateway has written itself, and nobody else writes. */
const manifestSchema = z.custom<NewApplication>(isRecord);
const texts = z.record(z.string(), z.string());
export const storedCodeSchema = z.object({ data: texts, binaryData: texts });

/** What a row has of its application for the cluster, once it is there or will never be. */
export const spent = { code: null, manifest: "{}" } as const;

/** The application that a row is to be, as it was resolved when it was submitted. */
export function manifestOf(row: ApplicationRow): NewApplication {
  return manifestSchema.parse(JSON.parse(row.manifest));
}

/** Whether what the cluster has under a row's name came of the row's own request. */
export function isOf(row: ApplicationRow, { metadata }: ObservedApplication): boolean {
  return (
    metadata.annotations[annotations.owner] === row.owner &&
    metadata.annotations[annotations.requestSha256] === row.request_sha256
  );
}

/** Deletes what the cluster has of a row, with its pods and its code, and nothing that is another's. */
export async function removeFromCluster(cluster: Cluster, row: ApplicationRow): Promise<void> {
  const { namespace, id } = row;
  if (row.uid !== null) {
    await cluster.deleteApplication(namespace, id, row.uid);
    return;
  }
  // A gateway may have created it, and stopped before it could write that down.
  const there = await cluster.getApplication(namespace, id);
  if (there !== undefined && isOf(row, there)) {
    await cluster.deleteApplication(namespace, id, there.metadata.uid);
  }
}
