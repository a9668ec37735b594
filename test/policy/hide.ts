/** Stacks of which some inputs are not known yet. */
import fc from "fast-check";

import { isRecord } from "../../jobs/manifest/record.ts";
import type { DeclaredResource } from "../../policy/rule.ts";
import { unknown, type Fields } from "../../policy/values.ts";
import type { RuleCases } from "./declare.ts";

/** A stack of the cases, and the same with any of its inputs hidden. */
export function hiddenInputs({
  right,
  wrong,
}: RuleCases): fc.Arbitrary<
  readonly [known: readonly DeclaredResource[], hidden: readonly DeclaredResource[]]
> {
  const stacks = [...right, ...wrong].map(({ stack }) => stack).filter((stack) => stack.length > 0);
  return fc.constantFrom(...stacks).chain((stack) => {
    const all = stack.flatMap(({ inputs, provider }) => [...paths(inputs), ...paths(provider)]);
    return fc.subarray([...new Set(all)]).map((which) => [stack, hide(stack, which)] as const);
  });
}

/** Dotted paths of all values below the top: of lists and objects themselves, and of what is in them. */
function paths(value: unknown, at = ""): readonly string[] {
  if (!isRecord(value) && !Array.isArray(value)) return [];
  return Object.entries(value).flatMap(([key, inner]) => {
    const path = at === "" ? key : `${at}.${key}`;
    return [path, ...paths(inner, path)];
  });
}

/** A copy in which the values at these paths are not known. */
function masked(value: unknown, hidden: readonly string[], at = ""): unknown {
  const inner = (key: string | number, each: unknown): unknown => {
    const path = at === "" ? String(key) : `${at}.${key}`;
    return hidden.includes(path) ? unknown : masked(each, hidden, path);
  };
  if (Array.isArray(value)) return value.map((each, index) => inner(index, each));
  if (!isRecord(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, inner(key, each)]));
}

function maskedFields(fields: Fields, hidden: readonly string[]): Fields {
  const copy = masked(fields, hidden);
  return isRecord(copy) ? copy : {};
}

const hide = (stack: readonly DeclaredResource[], hidden: readonly string[]): readonly DeclaredResource[] =>
  stack.map((resource) => ({
    ...resource,
    inputs: maskedFields(resource.inputs, hidden),
    provider: resource.provider && maskedFields(resource.provider, hidden),
  }));
