import type { Bench, Result } from "./bench.ts";
import { followedLogs } from "./gateway/followed-logs.ts";
import { listing } from "./gateway/listing.ts";
import { openScene } from "./gateway/scene.ts";
import { submissions } from "./gateway/submissions.ts";

/**
 * The gateway as a process on this machine, in front of a cluster that nobody runs jobs in: submissions, followed logs and
 * lists, each with a gateway that starts anew. The files of `gateway/` say what is held against what.
 */
export const gateway: Bench = async (log) => {
  const scene = await openScene();
  try {
    const results: Result[] = [];
    for (const figures of [listing, submissions, followedLogs]) results.push(...(await figures(scene, log)));
    return results;
  } finally {
    await scene.close();
  }
};
