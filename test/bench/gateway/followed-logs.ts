import type { Readable } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";

import { memoryMiB } from "../../../components/gateway/gateway-pod.ts";
import { KubernetesCluster } from "../../../gateway/src/kubernetes/kubernetes-cluster.ts";
import { compare, interleave, median, percentile, rounded, type Result } from "../bench.ts";
import { driverContainer, runDriver } from "./drivers.ts";
import { LinesSeen, nowMs, readLines } from "./lines-seen.ts";
import type { Scene } from "./scene.ts";
import { submit } from "./submissions.ts";

const driverCount = 4;
const followerCount = 200;
const roundMs = 10_000;
const rounds = { one: 5, many: 3 };
/** The gateway is one more stop on the way, and sends on what has come since it last did. */
const limits = { one: 2, memory: 0.9 };
/** Still at once for who reads along. */
const atOnceMs = 1000;

/** Opens the log of the driver with this number, of those that there are, from its last line on. */
type Open = (driver: number, signal: AbortSignal) => Promise<Readable>;

/**
 * Followed logs, from when a line is written in the pod to when its reader has it, against following them at the API
 * server; the node must have this machine's clock. That a line is missing or comes twice ends the bench.
 *
 * - `gateway-logs` and `gateway-logs/p99`: one reader, of the same lines in both ways at once.
 * - `gateway-logs/200`: the slowest of a hundred lines where 200 read, against what is still at once. Without the gateway
 *   that many cannot read: a node lets its kubelet watch about 110 files (`fs.inotify.max_user_instances` is 128), and it
 *   ends the logs of all others, which the gateway opens again.
 * - `gateway-logs/200-memory`: what the gateway holds meanwhile, against the limit of its pod.
 */
export async function followedLogs(scene: Scene, log: (line: string) => void): Promise<readonly Result[]> {
  const gateway = await scene.startGateway();
  const ids: string[] = [];
  while (ids.length < driverCount) ids.push(await submit(scene, gateway));
  const pods = await Promise.all(ids.map((id) => runDriver(scene, id)));
  const cluster = new KubernetesCluster(scene.kube.config);
  const through: Open = (driver, signal) =>
    gateway.alice.open(`/v1/applications/${ids[driver] ?? ""}/logs?follow=true&tailLines=1`, signal);
  const options = { follow: true, tailLines: 1 };
  const direct: Open = (driver, signal) =>
    cluster.podLog(scene.namespace, pods[driver] ?? "", driverContainer, options, signal);

  log(`holds ${rounded(await gateway.memory())} MiB before anybody reads`);
  const one = await interleave(
    rounds.one,
    async () => {
      const [value, baseline] = await Promise.all([lags(through, 1), lags(direct, 1)]);
      return { through: summary(value), direct: summary(baseline) };
    },
    log,
  );
  const many = await interleave(
    rounds.many,
    async () => {
      let held = 0;
      const value = await lags(through, followerCount, async () => {
        held = await gateway.memory();
      });
      return { ...summary(value), held: rounded(held) };
    },
    log,
  );
  cluster.close();
  await gateway.stop();
  const of = (name: string, limit: number): { name: string; unit: string; limit: number } => ({
    name: `gateway-logs${name}`,
    unit: "ms",
    limit,
  });
  const p50 = one.map((each) => ({ value: each.through.p50, baseline: each.direct.p50 }));
  const p99 = one.map((each) => ({ value: each.through.p99, baseline: each.direct.p99 }));
  const manyP99 = many.map((each) => ({ value: each.p99, baseline: atOnceMs }));
  const held = many.map((each) => ({ value: each.held, baseline: memoryMiB }));
  return [
    compare(of("", limits.one), p50),
    compare(of("/p99", limits.one), p99),
    compare(of(`/${followerCount}`, 1), manyP99),
    compare({ ...of(`/${followerCount}-memory`, limits.memory), unit: "MiB" }, held),
  ];
}

/** The lags of all lines that some readers see at once, for a while from when the last of them has begun. */
async function lags(
  open: Open,
  readers: number,
  atTheEnd: () => Promise<void> = () => Promise.resolve(),
): Promise<readonly number[]> {
  const end = new AbortController();
  const logs = await Promise.all(
    Array.from({ length: readers }, (_, reader) => open(reader % driverCount, end.signal)),
  );
  const begun = nowMs();
  const seen = logs.map((stream) => ({ stream, lines: new LinesSeen(begun) }));
  const reading = Promise.all(seen.map(({ stream, lines }) => readLines(stream, lines, end.signal)));
  await Promise.race([delay(roundMs), reading]);
  await atTheEnd();
  end.abort();
  await reading;
  return seen.flatMap(({ lines }) => lines.lags);
}

function summary(figures: readonly number[]): { p50: number; p99: number; lines: number } {
  return {
    p50: rounded(median(figures)),
    p99: rounded(percentile(99, figures)),
    lines: figures.length,
  };
}
