import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

/**
 * A mark of what a pod reads at its start alone, for an annotation of its template: a change then means a new pod.
 * The digest of a text with a random key in it tells nothing of the text, so that it is no secret.
 */
export function podMark(...read: readonly pulumi.Input<string>[]): pulumi.Output<string> {
  const digest = pulumi
    .all([...read])
    .apply((texts) => createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 16));
  return pulumi.unsecret(digest);
}
