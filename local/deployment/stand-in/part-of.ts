import { isRecord } from "../../kube/json.ts";

/**
 * What `live` has of the fields that `asked` names. An admission webhook adds fields of its own, and adds them late to an
 * object that was made before the webhook answered: no change of what the program asked for.
 */
export function partOf(live: unknown, asked: unknown): unknown {
  if (isRecord(live) && isRecord(asked)) {
    const kept = Object.keys(asked).filter((key) => live[key] !== undefined);
    return Object.fromEntries(kept.map((key) => [key, partOf(live[key], asked[key])]));
  }
  if (Array.isArray(live) && Array.isArray(asked) && live.length === asked.length) {
    const askedItems: readonly unknown[] = asked;
    return live.map((item: unknown, index) => partOf(item, askedItems[index]));
  }
  return live;
}
