import { z } from "zod";

/** A time as the API tells it. */
export const isoTime = z.iso.datetime().meta({ description: "UTC", examples: ["2026-11-24T12:00:00.000Z"] });

export function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}

export function isoOrNull(timeMs: number | null): string | null {
  return timeMs === null ? null : iso(timeMs);
}
