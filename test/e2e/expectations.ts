import { readFileSync } from "node:fs";

/** The word count of a text without Spark: the same words as examples/word_count.py finds. */
export function countWords(file: string): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [word] of readFileSync(file, "utf8")
    .toLowerCase()
    .matchAll(/[a-z']+/g)) {
    counts.set(word, (counts.get(word) ?? 0) + 1);
  }
  return counts;
}
