import { numberAt, parseJson, textAt } from "../../../local/kube/json.ts";
import type { Pair } from "../bench.ts";

/** Of each case the rounds that write.py has told, in a log that has other lines, too. */
export function roundsOf(log: string): ReadonlyMap<string, readonly Pair[]> {
  const rounds = new Map<string, Pair[]>();
  for (const line of log.split("\n")) {
    if (!line.startsWith('{"case": ')) continue;
    const told = parseJson(line);
    const [name, value, baseline] = [
      textAt(told, "case"),
      numberAt(told, "value"),
      numberAt(told, "baseline"),
    ];
    if (name === undefined || value === undefined || baseline === undefined)
      throw new Error(`not a round of write.py: ${line}`);
    rounds.set(name, [...(rounds.get(name) ?? []), { value, baseline }]);
  }
  return rounds;
}
