import { quoted } from "./characters.ts";

/** One thing that is wrong with what somebody wrote, told so that they can put it right. */
export interface Violation {
  /** Where: `executor.memory`, `dependencies.jars[1]`, `sparkConf["spark.master"]`; empty for the whole input. */
  readonly path: string;
  /** What is wrong, with the offending value (never one that the schema marks secret). */
  readonly problem: string;
  /** What would be right, with an example. */
  readonly expected: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly violations: readonly Violation[] };

/** A step of a path as a reader would write it. Odd keys are quoted, so that they cannot forge a second line. */
export function joinPath(base: string, ...segments: readonly PropertyKey[]): string {
  return segments.reduce<string>((path, segment) => {
    if (typeof segment === "number") return `${path}[${segment}]`;
    const key = String(segment);
    if (!/^[A-Za-z_$][\w$-]*$/.test(key)) return `${path}[${quoted(key)}]`;
    return path === "" ? key : `${path}.${key}`;
  }, base);
}

/** The same violations of an input that is itself at `base` of a larger one. */
export function below(base: string, violations: readonly Violation[]): readonly Violation[] {
  return violations.map((violation) => {
    const { path } = violation;
    return { ...violation, path: path === "" || path.startsWith("[") ? base + path : `${base}.${path}` };
  });
}

/** All violations as text for a terminal or a log, in the order they were found. */
export function formatViolations(violations: readonly Violation[]): string {
  const entries = violations.map(
    ({ path, problem, expected }) =>
      `  ${path === "" ? "(all)" : path}: ${problem}\n    expected: ${expected}`,
  );
  const count = violations.length === 1 ? "1 problem" : `${violations.length} problems`;
  return [`${count}:`, ...entries].join("\n");
}
