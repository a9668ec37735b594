import { application, sparkRef } from "../e2e/applications.ts";
import { E2ePlatform } from "../e2e/platform.ts";
import { job, team } from "../e2e/stack.ts";
import type { Kube } from "../../local/kube/kube.ts";
import { compare, interleave, rounded, type Bench, type Pair } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { asWePutIt, minimal, type Manifest } from "./start/manifests.ts";
import { timeToDriver } from "./start/time-to-driver.ts";

const roundCount = 7;
const limit = 1.1;

/** Needs no executors: the bench ends where the driver runs. */
const declared = "bench-start";
const jobs = { [declared]: job({ code: { inline: 'print("the driver runs")' } }) };

/**
 * The time from the apply of a SparkApplication to its running driver: the manifest of a job that the stack declares,
 * with its code in a ConfigMap, event log, S3 and pod templates, against the least that one can write by hand. One
 * at a time, in turn, on one deployment of the platform, which is removed at the end.
 */
export const start: Bench = async (log) => {
  pushImages(benchEnvironment(), log);
  const platform = await E2ePlatform.open("bench-start");
  try {
    await platform.up(jobs);
    // Its end shows that the operator works, and the node has the image.
    await application(platform.kube, team, declared, ["COMPLETED"]);
    await admitMinimalPods(platform.kube);
    const live = await platform.kube.read(sparkRef(team, declared));
    const round = measure(platform.kube, asWePutIt(live), minimal(live));
    log(`not counted, since the operator is still warming up: ${JSON.stringify(await round())}`);
    const rounds = await interleave(roundCount, round, log);
    return [compare({ name: "start", unit: "s", limit }, rounds)];
  } finally {
    await platform.close();
  }
};

/** The team's namespace enforces `restricted`, which pods without a template do not pass. */
async function admitMinimalPods(kube: Kube): Promise<void> {
  const labels = { "pod-security.kubernetes.io/enforce": "privileged" };
  await kube.patch({ apiVersion: "v1", kind: "Namespace", name: team }, { metadata: { labels } });
}

function measure(kube: Kube, ours: Manifest, theirs: Manifest): () => Promise<Pair> {
  let number = 0;
  return async () => {
    number++;
    const value = await timeToDriver(kube, ours(`ours-${number}`));
    const baseline = await timeToDriver(kube, theirs(`minimal-${number}`));
    return { value: rounded(value), baseline: rounded(baseline) };
  };
}
