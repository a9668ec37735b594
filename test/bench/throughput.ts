import type { Fields } from "../../local/kube/json.ts";
import { Kube } from "../../local/kube/kube.ts";
import { compare, interleave, rounded, type Bench, type Pair } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { withNamespaces } from "./operator/namespaces.ts";
import { needHelm, whenReady, withOperator } from "./operator/release.ts";
import { ourValues, stockValues } from "./operator/values.ts";
import { burst, type Burst } from "./throughput/burst.ts";

const few = 30;
const many = 100;
const roundCount = 5;
/** Of those, the ones that also take `many`: one costs about ten minutes on two cores, nearly all of them stock's. */
const manyRounds = 1;
/** Three times as many applications a minute; the first driver in a quarter of the time. */
const limits = { last: 1 / 3, first: 1 / 4 };

const operators = "bench-throughput";
const jobs = "bench-throughput-jobs";

interface Round {
  readonly few: Record<"ours" | "stock", Burst>;
  readonly many?: Record<"ours" | "stock", Burst>;
}

/**
 * Applications that are created at once, until each has its driver pod: the operator with our image and values as a
 * stack has them by default, against the chart of the same version with its own image and defaults. In turn, on one
 * cluster, each installed anew in every round. Medians of five rounds for 30 applications; 100 are taken in the first
 * round only, a single figure and no median, or the bench would run for longer than an hour.
 */
export const throughput: Bench = async (log) => {
  const environment = benchEnvironment();
  await needHelm();
  pushImages(environment, log);
  const kube = Kube.open(environment.kubeconfig);
  const measure = (values: Fields, counts: readonly number[]): Promise<readonly Burst[]> =>
    withOperator(environment, operators, values, async () => {
      // It is not counted.
      await whenReady(() => burst(kube, jobs, 1));
      const bursts: Burst[] = [];
      for (const count of counts) {
        const one = await burst(kube, jobs, count);
        log(`${count}: ${JSON.stringify(one)}`);
        bursts.push(one);
      }
      return bursts;
    });
  let rounds = 0;
  const round = async (): Promise<Round> => {
    const counts = rounds++ < manyRounds ? [few, many] : [few];
    const ours = await measure(ourValues(environment.registry, [jobs]), counts);
    const stock = await measure(stockValues([jobs]), counts);
    return roundOf(ours, stock);
  };
  const measured = await withNamespaces(kube, { operators: [operators], jobs: [jobs] }, () =>
    interleave(roundCount, round, log),
  );
  return results(measured);
};

function roundOf(ours: readonly Burst[], stock: readonly Burst[]): Round {
  const [ourFew, ourMany] = ours;
  const [stockFew, stockMany] = stock;
  if (ourFew === undefined || stockFew === undefined) throw new Error("nothing was measured");
  const first = { few: { ours: ourFew, stock: stockFew } };
  return ourMany === undefined || stockMany === undefined
    ? first
    : { ...first, many: { ours: ourMany, stock: stockMany } };
}

function results(rounds: readonly Round[]): readonly ReturnType<typeof compare>[] {
  const cases = [
    { count: few, bursts: rounds.map((round) => round.few) },
    { count: many, bursts: rounds.flatMap((round) => round.many ?? []) },
  ];
  return cases.flatMap(({ count, bursts }) =>
    (["last", "first"] as const).map((which) =>
      compare(
        { name: `throughput-${which}/${count}`, unit: "s", limit: rounded(limits[which]) },
        bursts.map(({ ours, stock }): Pair => ({ value: ours[which], baseline: stock[which] })),
      ),
    ),
  );
}
