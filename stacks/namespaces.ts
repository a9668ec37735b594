import type { Violation } from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";

/** The names in a list of namespaces, whatever else it holds. */
export function namespaceNames(given: unknown): readonly string[] {
  return named(given).map(({ name }) => name);
}

/** Names that are taken by an earlier namespace of the list. */
export function namespaceViolations(given: unknown): readonly Violation[] {
  const names = named(given);
  return names.flatMap(({ name, index }) => {
    const first = names.find((other) => other.name === name);
    if (first === undefined || first.index === index) return [];
    return [
      {
        path: `namespaces[${index}].name`,
        problem: `${JSON.stringify(name)} is the name of namespaces[${first.index}] too`,
        expected: "each namespace once",
      },
    ];
  });
}

function named(given: unknown): readonly { readonly name: string; readonly index: number }[] {
  if (!Array.isArray(given)) return [];
  return given.flatMap((entry: unknown, index) => {
    const name = isRecord(entry) ? entry["name"] : undefined;
    return typeof name === "string" ? [{ name, index }] : [];
  });
}
