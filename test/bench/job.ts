import { Kube } from "../../local/kube/kube.ts";
import { compare, interleave, type Bench } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { code, ours, stock } from "./job/manifests.ts";
import { moments, type Moments } from "./job/moments.ts";
import { withNamespaces } from "./operator/namespaces.ts";
import { needHelm, whenReady, withOperator } from "./operator/release.ts";
import { ourValues, stockValues } from "./operator/values.ts";

const roundCount = 7;
const limit = 0.7;

const operators = { ours: "bench-job-ours", stock: "bench-job-stock" };
const jobs = { ours: "bench-job-ours-jobs", stock: "bench-job-stock-jobs" };

/** One after the other, under the same load. */
type Round = Readonly<Record<"ours" | "stock", Moments>>;

/**
 * From the apply of a PySpark job with one executor to COMPLETED: our operator, our Spark image and the manifest that the
 * platform makes, against the chart of the same version and the public Spark image with their defaults. The same program
 * and sizes, no S3. Both operators are there all the time, each with a namespace of jobs; their jobs run in turn, one at a
 * time. The first of each is not counted. Medians of seven rounds.
 */
export const job: Bench = async (log) => {
  const environment = benchEnvironment();
  await needHelm();
  pushImages(environment, log);
  const { registry, kubeconfig } = environment;
  const kube = Kube.open(kubeconfig);
  const withOurs = (work: () => Promise<Round[]>): Promise<Round[]> =>
    withOperator(environment, operators.ours, ourValues(registry, [jobs.ours]), work);
  const withStock = (work: () => Promise<Round[]>): Promise<Round[]> =>
    withOperator(environment, operators.stock, stockValues([jobs.stock]), work);
  const measure = async (name: string): Promise<Round> => ({
    ours: await moments(kube, ours(registry, jobs.ours, name)),
    stock: await moments(kube, stock(jobs.stock, name)),
  });
  const namespaces = { operators: Object.values(operators), jobs: Object.values(jobs) };
  const rounds = await withNamespaces(kube, namespaces, async () => {
    for (const namespace of namespaces.jobs)
      await kube.apply(code(namespace), { fieldManager: "spark-platform-bench" });
    return withOurs(() =>
      withStock(async () => {
        log(`not counted: ${JSON.stringify(await whenReady(() => measure("first")))}`);
        let number = 0;
        return interleave(roundCount, () => measure(`job-${++number}`), log);
      }),
    );
  });
  const pairs = rounds.map(({ ours, stock }) => ({ value: ours.completed, baseline: stock.completed }));
  return [compare({ name: "job", unit: "s", limit }, pairs)];
};
