import { memoryMiB as gatewayMiB } from "../../../components/gateway/gateway-pod.ts";
import { compare, type Pair, type Result } from "../bench.ts";
import type { Answers, GatewayFigures } from "./gateway-figures.ts";
import type { OperatorFigures } from "./operator-figures.ts";

/** Ended applications: enough for a page of a list, which are always there; half of the others; all others. */
export const counts = { few: 50, half: 2_500, all: 5_000 };

const limits = {
  /** Linear growth is 1; the rest is what a collector of garbage leaves lying about. */
  linear: 1.2,
  /** What does not depend on how many are there, on a machine that does other things too. */
  same: 1.5,
  /** The rest of a pod's memory is for moments between the kubelet's looks. */
  memory: 0.9,
};

/** What was measured with so many applications. */
export type Steps<T> = Readonly<Record<keyof typeof counts, T>>;

export interface Measured {
  readonly operator: Steps<OperatorFigures>;
  readonly gateway: Steps<GatewayFigures>;
  readonly answers: Answers;
  /** All of them spread over fifty namespaces. */
  readonly fifty: {
    readonly operator: OperatorFigures;
    readonly gateway: GatewayFigures;
    readonly answers: Answers;
  };
  readonly cleanUp: Pair;
  /** MiB that the operator's controller and webhook may hold. */
  readonly allowedMiB: OperatorFigures["heldMiB"];
}

/** KiB for each application up to all of them, against those up to the half. */
export function growth(held: Steps<number>): Pair {
  const kibOfEach = (to: "half" | "all"): number => (1024 * (held[to] - held.few)) / counts[to];
  return { value: kibOfEach("all"), baseline: kibOfEach("half") };
}

export function results({
  operator,
  gateway,
  answers,
  fifty,
  cleanUp,
  allowedMiB,
}: Measured): readonly Result[] {
  const one = (name: string, unit: string, limit: number, pair: Pair): Result =>
    compare({ name: `scale-${name}`, unit, limit }, [pair]);
  const held = {
    controller: each(operator, ({ heldMiB }) => heldMiB.controller),
    webhook: each(operator, ({ heldMiB }) => heldMiB.webhook),
    gateway: each(gateway, ({ heldMiB }) => heldMiB),
  };
  const inFifty = { ...fifty.operator.heldMiB, gateway: fifty.gateway.heldMiB };
  const most = {
    controller: Math.max(operator.all.submittingMiB, held.controller.all, fifty.operator.submittingMiB),
    webhook: Math.max(held.webhook.all, inFifty.webhook),
    gateway: Math.max(held.gateway.all, answers.heldMiB, inFifty.gateway, fifty.answers.heldMiB),
  };
  const allowed = { ...allowedMiB, gateway: gatewayMiB };
  const starts = { controller: operator, gateway };
  return [
    ...(["controller", "webhook"] as const).map((part) =>
      one(`memory/${part}`, "KiB for each", limits.linear, growth(held[part])),
    ),
    // Of which most is V8's own, some tens of MiB more or less at each start: too much for what each application takes.
    one("memory/gateway", "MiB", limits.same, { value: held.gateway.all, baseline: held.gateway.few }),
    ...(["controller", "webhook", "gateway"] as const).flatMap((part) => [
      one(`memory-limit/${part}`, "MiB", limits.memory, { value: most[part], baseline: allowed[part] }),
      one(`memory-fifty/${part}`, "MiB", limits.same, { value: inFifty[part], baseline: held[part].all }),
    ]),
    ...(["controller", "gateway"] as const).map((part) =>
      one(`start/${part}`, "s", limits.linear, {
        value: starts[part].all.startSeconds,
        baseline: (starts[part].half.startSeconds * counts.all) / counts.half,
      }),
    ),
    ...(["p50", "p99"] as const).flatMap((which) => [
      one(`driver-${which}`, "s", limits.same, {
        value: operator.all.driver[which],
        baseline: operator.few.driver[which],
      }),
      one(`driver-${which}/fifty`, "s", limits.same, {
        value: fifty.operator.driver[which],
        baseline: operator.all.driver[which],
      }),
    ]),
    compare({ name: "scale-list", unit: "ms", limit: limits.same }, answers.page),
    compare({ name: "scale-list/fifty", unit: "ms", limit: limits.same }, fifty.answers.page),
    compare({ name: "scale-submit", unit: "ms", limit: limits.same }, answers.submit),
    compare({ name: "scale-submit/fifty", unit: "ms", limit: limits.same }, fifty.answers.submit),
    one("clean-up", "s", limits.same, cleanUp),
  ];
}

function each<T>(of: Steps<T>, figure: (of: T) => number): Steps<number> {
  return { few: figure(of.few), half: figure(of.half), all: figure(of.all) };
}
