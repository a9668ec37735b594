import { quoted } from "./characters.ts";

/** Longest piece of a value that a message repeats: enough to find it by, too short to flood a log. */
const shownCharacters = 60;

/** A value as it may stand in a message. Total: never throws, whatever it is given. */
export function describeValue(value: unknown): string {
  switch (typeof value) {
    case "string": {
      const cut = value.length > shownCharacters;
      return quoted(cut ? `${value.slice(0, shownCharacters)}…` : value);
    }
    case "number":
    case "boolean":
    case "undefined":
      return String(value);
    case "bigint":
      return `${String(value)}n`;
    case "symbol":
      return "a symbol";
    case "function":
      return "a function";
    case "object":
      if (value === null) return "null";
      return Array.isArray(value) ? `a list of ${value.length}` : "an object";
  }
}

/** `a, b, c`, each as it would be written in JSON. */
export function listed(values: readonly unknown[]): string {
  return values.map(describeExample).join(", ");
}

/** An example as JSON, whole: examples are ours, short, and of types that JSON has. */
export function describeExample(value: unknown): string {
  return typeof value === "string" ? quoted(value) : JSON.stringify(value);
}

/** The candidate that `word` most likely meant, if one is near enough to be worth naming. */
export function nearest(word: string, candidates: readonly string[]): string | undefined {
  const within = Math.min(3, Math.floor(word.length / 3) + 1);
  const ranked = candidates
    .map((candidate) => ({ candidate, distance: editDistance(word.toLowerCase(), candidate.toLowerCase()) }))
    .filter(({ distance }) => distance <= within)
    .sort((a, b) => a.distance - b.distance);
  return ranked[0]?.candidate;
}

/** Levenshtein's distance, on inputs cut to a length at which a typo can still be meant. */
function editDistance(a: string, b: string): number {
  const from = a.slice(0, 64);
  const to = b.slice(0, 64);
  let previous = Array.from({ length: to.length + 1 }, (_, column) => column);
  for (let row = 1; row <= from.length; row++) {
    const current = [row];
    for (let column = 1; column <= to.length; column++) {
      const replace = (previous[column - 1] ?? 0) + (from[row - 1] === to[column - 1] ? 0 : 1);
      current.push(Math.min(replace, (previous[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[to.length] ?? 0;
}
