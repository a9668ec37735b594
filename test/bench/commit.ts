import { at, parseJson } from "../../local/kube/json.ts";
import { application, describeApplication, podLog } from "../e2e/applications.ts";
import type { Bucket } from "../e2e/bucket.ts";
import { output, uri } from "../e2e/deliveries.ts";
import { E2ePlatform } from "../e2e/platform.ts";
import { job, team } from "../e2e/stack.ts";
import { compare, type Bench } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { roundsOf } from "./commit/rounds.ts";

const roundCount = 5;
/**
 * As many tasks at once as the rig has cores. By one after the other, what grows with the tasks is mostly Spark's own time
 * for each, which is the same whoever commits: of 55 ms by the platform's committer, the executor computes for 28.
 */
const slots = 2;
const limit = 0.5;
const timeoutMs = 3_600_000;

const name = "bench-commit";
const jobs = {
  [name]: job({
    code: { file: "test/bench/commit/write.py" },
    arguments: [uri(output(name)), roundCount],
    executor: { cores: slots },
  }),
};

/**
 * Seconds in which a job writes 1,000 Parquet files to the store in the cluster, by the platform's committer against
 * Spark's default one, which renames: 20 tasks of 50 files each, and 1,000 tasks of one. Both write the same rows, in
 * turn, in one application with the settings that a job has by default, on one deployment, which is removed at the end.
 *
 * Tasks of one file are over the limit on the rig (0.54 and 0.59 in two runs), where a request takes a millisecond and the
 * executor computes most of the time. The store is asked 13 times for each of these files, 32 times by the default
 * committer (its access log). Of the executor's samples in the tasks of the platform's committer, a fifth is Spark that
 * reads the Hadoop configuration, once for each task, and a fifth the AWS SDK; its committer's own steps are a quarter.
 */
export const commit: Bench = async (log) => {
  pushImages(benchEnvironment(), log);
  const platform = await E2ePlatform.open(name);
  try {
    await platform.up(jobs);
    const written = await application(platform.kube, team, name, ["COMPLETED"], timeoutMs);
    log(describeApplication(written));
    const rounds = roundsOf(await podLog(platform.kube, team, written.driverPod));
    const bucket = await platform.bucket({ namespace: team, name: "s3-jobs" });
    return await Promise.all(
      [...rounds].map(async ([which, pairs]) => {
        log(`${which}: ${JSON.stringify(pairs)}`);
        await expectCommitters(bucket, which);
        return compare({ name: `commit/${which}`, unit: "s", limit }, pairs);
      }),
    );
  } finally {
    await platform.close();
  }
};

/** What has committed a write says so in the file that it leaves: S3A's in JSON, Spark's default leaves it empty. */
async function expectCommitters(bucket: Bucket, which: string): Promise<void> {
  const success = async (folder: string): Promise<string> =>
    new TextDecoder().decode(await bucket.bytes(`${output(name)}${folder}/${roundCount}/_SUCCESS`));
  const [ours, theirs] = [await success(which), await success(`${which}-default`)];
  if (ours === "" || at(parseJson(ours), "committer") !== "magic") throw new Error(`not by magic: ${which}`);
  if (theirs !== "") throw new Error(`not by Spark's default committer: ${which}, but ${theirs}`);
}
