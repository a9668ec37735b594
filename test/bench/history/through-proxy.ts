import { compare, interleave, rounded, type Pair, type Result } from "../bench.ts";
import { jobsPage, small } from "./logs.ts";
import type { Scene } from "./scene.ts";
import type { Way } from "./way.ts";

const rounds = { warmUp: 2, counted: 7 };
const requests = 400;
const together = 8;
/** TLS, the session's decryption and a second hop, for a page that costs the server itself next to nothing. */
const limit = 4;

/**
 * A page that the server has already, through the gateway and directly, some requests at a time: milliseconds for
 * each, as many as 1,000 / requests per second. Both ways begin at a node port.
 */
export async function throughProxy(
  scene: Scene,
  number: number,
  log: (line: string) => void,
): Promise<Result> {
  const page = jobsPage(small(number));
  const time = async (way: Way): Promise<number> =>
    rounded((1000 * (await way.secondsFor(page, requests, together))) / requests);
  const measure = async (): Promise<Pair> => ({
    value: await time(scene.pages),
    baseline: await time(scene.direct),
  });
  for (let round = 0; round < rounds.warmUp; round++) await measure();
  const measured = await interleave(rounds.counted, measure, log);
  const result = compare({ name: "history-proxy", unit: "ms per request", limit }, measured);
  const perSecond = (milliseconds: number): number => Math.round(1000 / milliseconds);
  log(`requests per second: ${perSecond(result.value)}, directly ${perSecond(result.baseline)}`);
  return result;
}
