import { podMemoryMiB } from "../../components/history/history-conf.ts";
import { historySchema } from "../../stacks/schema/history.ts";
import { rounded, type Bench, type Result } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { MemoryWatch } from "./memory.ts";
import { largeFirstPages, smallFirstPages } from "./history/first-page.ts";
import { fillListing, listTimes, restarts } from "./history/listing.ts";
import { jobsPage, putLog, shown, small } from "./history/logs.ts";
import { pagesAppear } from "./history/page-appears.ts";
import { historyServer, openScene, type Scene } from "./history/scene.ts";
import { throughProxy } from "./history/through-proxy.ts";

const logCount = 1000;
/** Numbers of small applications beside those. */
const numbers = { first: 9000, few: 9100, many: 9200 };
/** The rest is for moments between the kubelet's looks. */
const memoryLimit = 0.9;

/**
 * The History Server behind its front door, as a stack has it by default, with event logs of applications that never
 * ran:
 *
 * - `history-page`: from a job's end to its page, against the interval at which the server looks for logs, with few
 *   logs and with 1,000 in the bucket.
 * - `history-proxy`: a page through TLS, session and signature, against the same page of the server itself.
 * - `history-list`: the list of 1,000 applications, and how long a server that starts anew needs to know them.
 * - `history-first-page`: what the first reader of an application waits for, up to a log of 1 GB before compression.
 * - `history-memory`: the most that the server held in all of this, against the limit of its pod.
 *
 * One deployment, which is removed at the end. All requests go to 127.0.0.1, through node ports.
 */
export const history: Bench = async (log) => {
  const environment = benchEnvironment();
  pushImages(environment, log);
  const scene = await openScene(environment);
  try {
    const memory = new MemoryWatch(scene.kube, historyServer.namespace);
    const results = await figures(scene, log).finally(() => {
      memory.stop();
    });
    return [...results, memoryResult(await memory.most())];
  } finally {
    await scene.close();
  }
};

async function figures(scene: Scene, log: (line: string) => void): Promise<readonly Result[]> {
  const first = small(numbers.first);
  await putLog(scene.bucket, first);
  await shown(scene.pages, jobsPage(first));
  const results = [
    ...(await pagesAppear(scene, "history-page", numbers.few, log)),
    await throughProxy(scene, numbers.first, log),
  ];
  await fillListing(scene, logCount, log);
  results.push(
    ...(await pagesAppear(scene, `history-page/${logCount}`, numbers.many, log)),
    await listTimes(scene, logCount, log),
    await smallFirstPages(scene, log),
    await restarts(scene, logCount, log),
    ...(await largeFirstPages(scene, log)),
  );
  return results;
}

function memoryResult(most: number): Result {
  const baseline = podMemoryMiB(historySchema.parse({}));
  const ratio = rounded(most / baseline);
  return { name: "history-memory", value: rounded(most), unit: "MiB", baseline, ratio, limit: memoryLimit };
}
