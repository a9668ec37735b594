import type { Kube } from "../../../local/kube/kube.ts";
import { until } from "../../../local/kube/wait.ts";
import { interleave, percentile, rounded, type Pair } from "../bench.ts";
import { firstPageMs } from "../gateway/listing.ts";
import { atRate } from "../gateway/load.ts";
import { startGateway, type Gateway } from "../gateway/scene.ts";
import { submit } from "../gateway/submissions.ts";
import { remove } from "./ended.ts";

const timeoutMs = 600_000;
const rounds = 5;
/** As `gateway-submit` has it. A round is five seconds of it among many applications, then among few. */
const steady = { perSecond: 20, count: 100 };

export interface GatewayFigures {
  /** Seconds from the start of its process until it had written all applications down. */
  readonly startSeconds: number;
  /** MiB that it held then. */
  readonly heldMiB: number;
}

/** A gateway that has written all applications down. */
export interface Settled {
  readonly gateway: Gateway;
  readonly figures: GatewayFigures;
}

/** Starts a gateway with an empty database, which takes so many ended applications in from the cluster. */
export async function settledGateway(
  kubeconfig: string,
  namespaces: readonly string[],
  count: number,
): Promise<Settled> {
  const begun = performance.now();
  const gateway = await startGateway(kubeconfig, { namespaces });
  try {
    await until(`the gateway to know ${count} applications`, timeoutMs, async () => {
      const known = await gateway.succeeded();
      return known >= count ? { done: undefined } : { waiting: `${known} are known` };
    });
    const startSeconds = rounded((performance.now() - begun) / 1000);
    return { gateway, figures: { startSeconds, heldMiB: rounded(await gateway.memory()) } };
  } catch (error) {
    await gateway.stop();
    throw error;
  }
}

/** A gateway, and the namespace that is submitted to. */
export interface Side {
  readonly gateway: Gateway;
  readonly namespace: string;
}

export interface Answers {
  /** The first page of a list, in milliseconds, among many applications against among few. */
  readonly page: readonly Pair[];
  /** The slowest of a hundred submissions, the same way. */
  readonly submit: readonly Pair[];
  /** MiB that the gateway among many held after it. */
  readonly heldMiB: number;
}

/** Asks two gateways in turn. */
export async function answers(
  kube: Kube,
  many: Side,
  few: Side,
  log: (line: string) => void,
): Promise<Answers> {
  const both = async (figure: (side: Side) => Promise<number>): Promise<Pair> => ({
    value: await figure(many),
    baseline: await figure(few),
  });
  const page = await interleave(rounds, () => both(({ gateway }) => firstPageMs(gateway.alice)), log);
  const p99 = async (side: Side, count = steady.count): Promise<number> =>
    rounded(percentile(99, await atRate(steady.perSecond, count, () => submit(side, side.gateway))));
  // Not counted: both are warming up.
  await both((side) => p99(side, steady.perSecond));
  const submitted = await interleave(rounds, () => both(p99), log);
  // Nobody is there who would run them; once there is, they must be gone.
  for (const { namespace } of [many, few]) await remove(kube, namespace, "others");
  return { page, submit: submitted, heldMiB: rounded(await many.gateway.memory()) };
}
