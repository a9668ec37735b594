/** S3 keeps what is set on a bucket apart from the bucket: resources of their own, which refer to it. */
import type { Violation } from "../jobs/manifest/violations.ts";
import type { DeclaredResource } from "./rule.ts";

export const bucketType = "aws:s3/bucket:Bucket";

/** What is wrong with the companion that each bucket must have. */
export function companionViolations(
  bucket: DeclaredResource,
  all: readonly DeclaredResource[],
  { type, expected, check }: Wanted,
): readonly Violation[] {
  if (bucket.type !== bucketType) return [];
  const found = all.filter((each) => each.type === type && each.references["bucket"]?.includes(bucket.urn));
  const kind = type.split(":").at(-1) ?? type;
  if (found.length === 0) return [{ path: "", problem: `no ${kind} refers to the bucket`, expected }];
  return found.flatMap((companion) =>
    check(companion).map((problem) => ({ path: `${kind} ${companion.name}`, problem, expected })),
  );
}

interface Wanted {
  readonly type: string;
  /** What would be right. */
  readonly expected: string;
  /** What is wrong with one. */
  readonly check: (companion: DeclaredResource) => readonly string[];
}
