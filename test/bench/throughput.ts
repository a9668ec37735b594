import type { Fields } from "../../local/kube/json.ts";
import { Kube } from "../../local/kube/kube.ts";
import { compare, interleave, rounded, type Bench, type Result } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { withNamespaces } from "./operator/namespaces.ts";
import { needHelm, whenReady, withOperator } from "./operator/release.ts";
import { ourValues, stockValues } from "./operator/values.ts";
import { burst, removeAll, type Burst } from "./throughput/burst.ts";

/**
 * Of 100, the first 20: stock makes ten a minute on two cores, so that five rounds to the last one would take an hour.
 * It is no slower for them than for the rest, among which it has to submit again what starved the first time.
 */
const loads = [
  { created: 30, awaited: 30 },
  { created: 100, awaited: 20 },
] as const;
const roundCount = 5;
/** Three times as many applications a minute; the first driver in a quarter of the time. */
const limits = { last: 1 / 3, first: 1 / 4 };

const operators = "bench-throughput";
const jobs = "bench-throughput-jobs";

/** Ours and stock's by load. */
type Round = Record<"ours" | "stock", readonly Burst[]>;

/**
 * Applications that are created at once, until each of 30, or the first 20 of 100, have their driver pod: the operator
 * with our image and values as a stack has them by default, against the chart of the same version with its own image
 * and defaults. In turn, on one cluster, each installed anew in every round.
 */
export const throughput: Bench = async (log) => {
  const environment = benchEnvironment();
  await needHelm();
  pushImages(environment, log);
  const kube = Kube.open(environment.kubeconfig);
  const measure = async (values: Fields): Promise<readonly Burst[]> => {
    try {
      return await withOperator(environment, operators, values, async () => {
        // It is not counted.
        await whenReady(() => burst(kube, jobs, { created: 1, awaited: 1 }));
        const bursts: Burst[] = [];
        for (const load of loads) bursts.push(await burst(kube, jobs, load));
        return bursts;
      });
    } finally {
      // A submission that was under way when its application was removed makes a driver yet.
      await removeAll(kube, jobs);
    }
  };
  const round = async (): Promise<Round> => ({
    ours: await measure(ourValues(environment.registry, [jobs])),
    stock: await measure(stockValues([jobs])),
  });
  const measured = await withNamespaces(kube, { operators: [operators], jobs: [jobs] }, () =>
    interleave(roundCount, round, log),
  );
  return results(measured);
};

function results(rounds: readonly Round[]): readonly Result[] {
  return loads.flatMap(({ created }, index) =>
    (["last", "first"] as const).map((which) =>
      compare(
        { name: `throughput-${which}/${created}`, unit: "s", limit: rounded(limits[which]) },
        rounds.map(({ ours, stock }) => ({
          value: secondsOf(ours[index], which),
          baseline: secondsOf(stock[index], which),
        })),
      ),
    ),
  );
}

function secondsOf(burst: Burst | undefined, which: keyof Burst): number {
  if (burst === undefined) throw new Error("a load was not measured");
  return burst[which];
}
