import fc from "fast-check";

import { isRecord, parseJson } from "../../../local/kube/json.ts";
import { hostile, rightRequest } from "./attacks.ts";

/** A value of JSON as it may be written: with keys of any name, in their order, each as often as it likes. */
type Written =
  | { readonly kind: "object"; readonly entries: readonly (readonly [key: string, value: Written])[] }
  | { readonly kind: "list"; readonly items: readonly Written[] }
  | { readonly kind: "other"; readonly value: unknown };

function written(value: unknown): Written {
  if (Array.isArray(value)) return { kind: "list", items: value.map(written) };
  if (!isRecord(value)) return { kind: "other", value };
  return { kind: "object", entries: Object.entries(value).map(([key, each]) => [key, written(each)]) };
}

/** @param escape makes every character of keys `\uXXXX`, which is the same to whoever reads it. */
function textOf(value: Written, escape: boolean): string {
  switch (value.kind) {
    case "object": {
      const name = (key: string): string => (escape ? escaped(key) : JSON.stringify(key));
      return `{${value.entries.map(([key, each]) => `${name(key)}:${textOf(each, escape)}`).join(",")}}`;
    }
    case "list":
      return `[${value.items.map((each) => textOf(each, escape)).join(",")}]`;
    case "other":
      return JSON.stringify(value.value);
  }
}

function escaped(text: string): string {
  const units = Array.from({ length: text.length }, (_, at) => text.charCodeAt(at));
  return `"${units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("")}"`;
}

/** Changes the value at the nth place of a depth-first walk; `change` gets an object's entry, or a list's item without key. */
type Change = (
  key: string | undefined,
  value: Written,
) => readonly (readonly [key: string, value: Written])[];

function changed(root: Written, place: number, change: Change): Written {
  let left = place;
  const visit = (key: string | undefined, value: Written): ReturnType<Change> => {
    if (left-- === 0) return change(key, value);
    return [[key ?? "", inside(value)]];
  };
  const inside = (value: Written): Written => {
    if (value.kind === "object")
      return { ...value, entries: value.entries.flatMap(([key, each]) => visit(key, each)) };
    if (value.kind === "list")
      return {
        ...value,
        items: value.items.flatMap((each) => visit(undefined, each).map(([, changed]) => changed)),
      };
    return value;
  };
  return inside(root);
}

function places(value: Written): number {
  const below =
    value.kind === "object"
      ? value.entries.map(([, each]) => each)
      : value.kind === "list"
        ? value.items
        : [];
  return below.reduce((sum, each) => sum + 1 + places(each), 0);
}

const lookAlikes: Readonly<Record<string, string>> = {
  a: "а",
  c: "с",
  e: "е",
  i: "і",
  o: "о",
  p: "р",
  s: "ѕ",
  x: "х",
};
const inserted = [
  ...[
    " ",
    "\t",
    "\n",
    "\r",
    "\0",
    "\u00a0",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u2028",
    "\u202e",
    "\u0301",
    "\u00ad",
  ],
  ...[
    "=",
    ",",
    ";",
    "#",
    "?",
    "*",
    "[x]",
    "{a,b}",
    "\\",
    "/",
    "/../",
    "//",
    ":",
    "$",
    "${env:X}",
    "%",
    '"',
    "'",
    "-",
  ],
  ...["%20", "%00", "%2A", "%2e%2e%2f", "%2C", "\ud800", " --conf spark.master=local ", "=x,spark.jars="],
];
const names = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "hasOwnProperty",
  "valueOf",
  "length",
  "0",
  "",
];

type Transform = (text: string, at: number, choice: number) => string;
const pick = <T>(list: readonly T[], choice: number): T | undefined => list[choice % list.length];
const replace = (text: string, at: number, change: (character: string) => string): string =>
  text.slice(0, at) + change(text.charAt(at)) + text.slice(at + 1);

/** By case, look-alikes, width, white space and what is like it, encodings, composition and repetition. */
const transforms: readonly Transform[] = [
  (text) => text.toUpperCase(),
  (text) => text.toLowerCase(),
  (text, at) =>
    replace(text, at, (each) => (each === each.toUpperCase() ? each.toLowerCase() : each.toUpperCase())),
  (text, at) => replace(text, at, (each) => lookAlikes[each] ?? "е"),
  (text, at) => replace(text, at, (each) => String.fromCharCode(0xfee0 + (each.charCodeAt(0) % 0x60))),
  (text, at) => replace(text, at, (each) => `%${(each.charCodeAt(0) % 256).toString(16).padStart(2, "0")}`),
  (text, at) => replace(text, at, (each) => `%25${(each.charCodeAt(0) % 256).toString(16).padStart(2, "0")}`),
  (text, at) =>
    replace(text, at, (each) => `\\u00${(each.charCodeAt(0) % 256).toString(16).padStart(2, "0")}`),
  (text, at, choice) => text.slice(0, at) + (pick(inserted, choice) ?? "") + text.slice(at),
  (text, _at, choice) => (pick(inserted, choice) ?? "") + text,
  (text, _at, choice) => text + (pick(inserted, choice) ?? ""),
  (text) => `${text.normalize("NFD")}\u0300`,
  (text) => encodeURIComponent(text.toWellFormed()),
  (text, at) => text.slice(0, at),
  (text) => text + text,
  (_text, _at, choice) => pick(names, choice) ?? "",
  (_text, _at, choice) => pick(hostile, choice)?.[0] ?? "",
  (_text, _at, choice) => String(pick(hostile, choice)?.[1]),
];

interface Mutation {
  readonly how: "rename" | "add" | "repeat" | "value" | "shape";
  readonly place: number;
  readonly transform: number;
  readonly at: number;
  readonly choice: number;
}

const mutation: fc.Arbitrary<Mutation> = fc.record({
  how: fc.constantFrom("rename", "add", "repeat", "value", "shape"),
  place: fc.nat(1000),
  transform: fc.nat(transforms.length - 1),
  at: fc.nat(60),
  choice: fc.nat(1000),
});

const shapes: readonly ((value: Written) => Written)[] = [
  (value) => ({ kind: "list", items: [value] }),
  (value) => ({ kind: "object", entries: [["0", value]] }),
  (value) => ({ kind: "object", entries: [["toString", value]] }),
  () => ({ kind: "other", value: null }),
  (value) => ({ kind: "other", value: textOf(value, false) }),
];

function mutated(root: Written, { how, place, transform, at, choice }: Mutation): Written {
  const of = (text: string): string => transforms[transform]?.(text, at % (text.length + 1), choice) ?? text;
  return changed(root, place % Math.max(1, places(root)), (key = "", value) => {
    switch (how) {
      case "rename":
        return [[of(key), value]];
      case "add":
        return [
          [key, value],
          [of(key), value],
        ];
      case "repeat":
        return [
          [key, value],
          [key, written(pick(hostile, choice)?.[1])],
        ];
      case "value":
        if (value.kind !== "other")
          return [
            [key, value],
            [pick(hostile, choice)?.[0] ?? "", written(pick(hostile, choice)?.[1])],
          ];
        return [[key, { kind: "other", value: of(String(value.value)) }]];
      case "shape":
        return [[key, pick(shapes, choice)?.(value) ?? value]];
    }
  });
}

/** Drawn once, since to draw one takes long; not the longest, which take long to read. */
const bases = fc
  .sample(rightRequest, { numRuns: 1000, seed: 17 })
  .filter((request) => JSON.stringify(request).length < 800)
  .map(written);

/** Texts of requests: right ones with one or two of their keys and values changed. */
export const mutatedText: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...bases), fc.array(mutation, { minLength: 1, maxLength: 2 }), fc.boolean())
  .map(([base, mutations, escape]) => textOf(mutations.reduce(mutated, base), escape));

/** A request's text as the API reads it. */
export const read = (text: string): unknown => parseJson(text);
