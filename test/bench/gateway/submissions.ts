import { kinds, pathOf } from "../../../gateway/src/kubernetes/kinds.ts";
import { readText, Transport } from "../../../gateway/src/kubernetes/transport.ts";
import { mainFile } from "../../jobs/manifest/samples.ts";
import { recordAt, textAt } from "../../../local/kube/json.ts";
import { compare, interleave, median, percentile, rounded, type Result } from "../bench.ts";
import { allAtOnce, atRate, type Call } from "./load.ts";
import { applications, type Gateway, type Scene } from "./scene.ts";

/** What the gateway is made for. A round is ten seconds of it, first through the gateway and then without. */
const steady = { perSecond: 20, count: 200, rounds: 5 };
const busy = { workers: 8, count: 400, rounds: 5 };
/** Milliseconds by which the slowest submission of a hundred may be slower for the gateway. */
const mostOverheadMs = 50;
/** A submission is a row, the resource, and what came of it, each kept before the next begins; the resource alone is one of these. */
const busyLimit = 4;

/**
 * Submissions to the gateway, against creating the same resource at the API server with the same library:
 *
 * - `gateway-submit`: by how much the slowest of a hundred are slower at twenty a second, against what they may be.
 * - `gateway-submit/busy`: what one takes where eight clients submit as fast as they can.
 */
export async function submissions(scene: Scene, log: (line: string) => void): Promise<readonly Result[]> {
  const gateway = await scene.startGateway();
  const through: Call = () => submit(scene, gateway);
  const direct = await creator(scene, await submit(scene, gateway));
  const atSteadyRate = async (call: Call, count = steady.count): Promise<{ p50: number; p99: number }> => {
    const figures = await atRate(steady.perSecond, count, call);
    return { p50: rounded(median(figures)), p99: rounded(percentile(99, figures)) };
  };
  // Not counted: both are warming up.
  for (const call of [through, direct]) await atSteadyRate(call, 2 * steady.perSecond);
  const steadily = await interleave(
    steady.rounds,
    async () => ({ through: await atSteadyRate(through), direct: await atSteadyRate(direct) }),
    log,
  );
  const asFast = async (call: Call): Promise<number> =>
    rounded(await allAtOnce(busy.workers, busy.count, call));
  const quickly = await interleave(
    busy.rounds,
    async () => ({ value: await asFast(through), baseline: await asFast(direct) }),
    log,
  );
  const perSecond = rounded(1000 / median(quickly.map(({ value }) => value)));
  log(`${perSecond} submissions a second by ${busy.workers} clients`);
  await gateway.stop();
  await scene.kube.request(
    "DELETE",
    await scene.kube.pathOf({ ...applications, namespace: scene.namespace, name: "" }),
  );
  return [
    compare(
      { name: "gateway-submit", unit: "ms", limit: 1 },
      steadily.map((round) => ({ value: round.through.p99 - round.direct.p99, baseline: mostOverheadMs })),
    ),
    compare({ name: "gateway-submit/busy", unit: "ms", limit: busyLimit }, quickly),
  ];
}

/** Submits a job without code, which is one resource, and returns its name. @throws where it has to wait. */
export async function submit({ namespace }: Pick<Scene, "namespace">, { alice }: Gateway): Promise<string> {
  const job = { name: "bench", mainFile };
  const answer = await alice.send("POST", "/v1/applications", { namespace, job });
  if (textAt(answer, "state") === "QUEUED") throw new Error(`not in the cluster: ${JSON.stringify(answer)}`);
  const id = textAt(answer, "id");
  if (id === undefined) throw new Error(`no id: ${JSON.stringify(answer)}`);
  return id;
}

/** Creates what the gateway has created, each time with another name. */
async function creator({ kube, namespace }: Scene, id: string): Promise<Call> {
  const live = await kube.read({ ...applications, namespace, name: id });
  const { labels, annotations } = recordAt(live, "metadata");
  const transport = new Transport(kube.config);
  let number = 0;
  return async () => {
    const metadata = { namespace, name: `direct-${++number}`, labels, annotations };
    const answer = await transport.send({
      method: "POST",
      path: pathOf(kinds.applications, namespace),
      body: { ...applications, metadata, spec: recordAt(live, "spec") },
      signal: AbortSignal.timeout(10_000),
    });
    const text = await readText(answer);
    if (answer.statusCode !== 201) throw new Error(`the API server does not create it: ${text}`);
  };
}
