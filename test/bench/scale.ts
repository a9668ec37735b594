import { Agent } from "node:https";

import { textAt, type Fields } from "../../local/kube/json.ts";
import { Kube } from "../../local/kube/kube.ts";
import type { Bench, Pair } from "./bench.ts";
import { benchEnvironment, pushImages } from "./cluster.ts";
import { withNamespaces } from "./operator/namespaces.ts";
import { needHelm, withOperator } from "./operator/release.ts";
import { ourValues } from "./operator/values.ts";
import { secondsFor, watchThemGo } from "./scale/clean-up.ts";
import { bytesOfOne, countLeft, expire, putEnded, remove } from "./scale/ended.ts";
import { answers, settledGateway, type Answers, type GatewayFigures } from "./scale/gateway-figures.ts";
import { operatorFigures, type OperatorFigures } from "./scale/operator-figures.ts";
import { scaleOperator } from "./scale/operator-pods.ts";
import { counts, results, type Measured } from "./scale/results.ts";

const operators = "bench-scale";
const few = "bench-scale-few";
const one = "bench-scale-jobs";
const fifty = Array.from({ length: 50 }, (_, number) => `bench-scale-${number}`);

/**
 * 5,000 applications that have ended, in one namespace and in fifty; the operator as a stack has it by default, the gateway
 * as a process on this machine. The applications are put as they are after their end, and never ran; those that are
 * submitted among them have drivers that no node can have. So pods are few, and what is measured is what the history
 * costs operator, gateway and API server, not what running jobs cost.
 *
 * - `scale-memory`: KiB that each application costs controller and webhook, up to 5,000 against up to 2,500, and what the
 *   gateway holds among 5,000 against among 50; `-limit`: the most that each held against the limit of its pod;
 *   `-fifty`: in fifty namespaces against in one.
 * - `scale-start`: how long controller and gateway take to know 5,000 when they start anew, against twice as long as for
 *   2,500. Of one start each.
 * - `scale-driver-p50` and `-p99`: from a submission to its driver's pod, among 5,000 against among 50; 15 one after
 *   the other.
 * - `scale-list` and `scale-submit`: the first page of a list, and the slowest of a hundred submissions to the gateway,
 *   among 5,000 against among 50, in turn.
 * - `scale-clean-up`: how fast applications go whose time to live is over, with many there against with few.
 */
export const scale: Bench = async (log) => {
  const environment = benchEnvironment();
  await needHelm();
  pushImages(environment, log);
  const { kubeconfig, registry } = environment;
  // For thousands of requests, each of which costs less than a new connection.
  const kube = Kube.open(kubeconfig, new Agent({ keepAlive: true }));
  const cluster: Cluster = { kube, kubeconfig, log };
  const inOne = ourValues(registry, [few, one]);
  return withNamespaces(kube, { operators: [operators], jobs: [few, one, ...fifty] }, async () => {
    const first = await withOperator(environment, operators, inOne, () => amongOneNamespace(cluster));
    const inFifty = ourValues(registry, [few, ...fifty]);
    const second = await withOperator(environment, operators, inFifty, () => amongFifty(cluster));
    return results({ ...first, fifty: second, allowedMiB: allowed(inOne) });
  });
};

interface Cluster {
  readonly kube: Kube;
  readonly kubeconfig: string;
  readonly log: (line: string) => void;
}

/** Few, half, all, and what becomes of them when their time to live is over. */
async function amongOneNamespace(cluster: Cluster): Promise<Omit<Measured, "fifty" | "allowedMiB">> {
  const { kube, log } = cluster;
  await put(cluster, [few], 0, counts.few);
  const fewOfOperator = await operate(cluster, one, counts.few);
  await put(cluster, [one], 0, counts.half);
  log(`${await bytesOfOne(kube, one)} bytes each`);
  const halfOfGateway = await settled(cluster, [one], counts.half);
  const halfOfOperator = await operate(cluster, one, counts.few + counts.half);
  await put(cluster, [one], counts.half, counts.all);
  const gateways = await answering(cluster, [one]);
  const allOfOperator = await operate(cluster, one, counts.few + counts.all);
  return {
    operator: { few: fewOfOperator, half: halfOfOperator, all: allOfOperator },
    gateway: { few: gateways.few, half: halfOfGateway, all: gateways.all },
    answers: gateways.answers,
    cleanUp: await cleanUp(cluster),
  };
}

async function amongFifty(cluster: Cluster): Promise<Measured["fifty"]> {
  const [namespace = ""] = fifty;
  await put(cluster, fifty, 0, counts.all);
  const { all: gateway, answers } = await answering(cluster, fifty);
  const operator = await operate(cluster, namespace, counts.few + counts.all);
  // The kind would go with all that is left of it, for which nobody waits long enough.
  for (const each of fifty) await remove(cluster.kube, each, "ended");
  return { operator, gateway, answers };
}

/** While there is no operator, and none afterwards. */
async function put(
  { kube, log }: Cluster,
  namespaces: readonly string[],
  from: number,
  to: number,
): Promise<void> {
  await scaleOperator(kube, operators, 0);
  const begun = performance.now();
  await putEnded(kube, namespaces, from, to);
  log(`${to - from} more applications: ${Math.round((performance.now() - begun) / 1000)} s`);
}

async function operate({ kube, log }: Cluster, jobs: string, count: number): Promise<OperatorFigures> {
  const figures = await operatorFigures(kube, operators, jobs, count);
  log(`operator, ${count}: ${JSON.stringify(figures)}`);
  return figures;
}

async function settled(
  { kubeconfig, log }: Cluster,
  namespaces: readonly string[],
  count: number,
): Promise<GatewayFigures> {
  const { gateway, figures } = await settledGateway(kubeconfig, namespaces, count);
  await gateway.stop();
  log(`gateway, ${count}: ${JSON.stringify(figures)}`);
  return figures;
}

/** Two gateways at once, one that knows all applications and one that knows few. */
async function answering(
  { kube, kubeconfig, log }: Cluster,
  namespaces: readonly string[],
): Promise<{ readonly few: GatewayFigures; readonly all: GatewayFigures; readonly answers: Answers }> {
  const [namespace = ""] = namespaces;
  const ofFew = await settledGateway(kubeconfig, [few], counts.few);
  try {
    const ofAll = await settledGateway(kubeconfig, namespaces, counts.all);
    try {
      const figures = { few: ofFew.figures, all: ofAll.figures };
      log(`gateways: ${JSON.stringify(figures)}`);
      const sides = {
        all: { gateway: ofAll.gateway, namespace },
        few: { gateway: ofFew.gateway, namespace: few },
      };
      return { ...figures, answers: await answers(kube, sides.all, sides.few, log) };
    } finally {
      await ofAll.gateway.stop();
    }
  } finally {
    await ofFew.gateway.stop();
  }
}

/** An operator that finds that the time to live of all is over. */
async function cleanUp({ kube, log }: Cluster): Promise<Pair> {
  await scaleOperator(kube, operators, 0);
  await expire(kube, one, counts.all);
  await scaleOperator(kube, operators, 1);
  const seconds = secondsFor(counts.all, await watchThemGo(() => countLeft(kube, one)));
  log(`removed, in seconds for two fifths of all: ${JSON.stringify(seconds)}`);
  return seconds;
}

function allowed(values: Fields): Measured["allowedMiB"] {
  const ofPart = (part: string): number =>
    Number(/^(\d+)Mi$/.exec(textAt(values, part, "resources", "limits", "memory") ?? "")?.[1]);
  return { controller: ofPart("controller"), webhook: ofPart("webhook") };
}
