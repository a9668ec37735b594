import { randomBytes, randomInt } from "node:crypto";

import { hashSync } from "bcryptjs";

import { numberAt, textAt, type Fields } from "../../kube/json.ts";

/** What a value comes to: its id, its outputs and which of them are secret. */
export interface Value {
  readonly id: string;
  readonly outputs: Fields;
  readonly secrets: readonly string[];
}

const lowercase = "abcdefghijklmnopqrstuvwxyz";
const defaultSpecial = "!@#$%&*()-_=+[]{}<>:?";

/** Makes the values of the random provider; undefined for a type that is not one of them. */
export function randomValue(type: string, inputs: Fields): Value | undefined {
  switch (type) {
    case "random:index/randomPassword:RandomPassword": {
      const result = characters(inputs);
      const bcryptHash = hashSync(result, 10);
      const outputs = { ...characterOptions(inputs), result, bcryptHash };
      return { id: "none", outputs, secrets: ["result", "bcryptHash"] };
    }
    case "random:index/randomString:RandomString": {
      const result = characters(inputs);
      return { id: result, outputs: { ...characterOptions(inputs), result }, secrets: [] };
    }
    case "random:index/randomId:RandomId":
      return id(inputs);
    case "random:index/randomBytes:RandomBytes": {
      const bytes = randomBytes(length(inputs, "length"));
      const outputs = { hex: bytes.toString("hex"), base64: bytes.toString("base64") };
      return { id: "none", outputs, secrets: ["hex", "base64"] };
    }
    default:
      return undefined;
  }
}

function id(inputs: Fields): Value {
  const bytes = randomBytes(length(inputs, "byteLength"));
  const prefix = textAt(inputs, "prefix") ?? "";
  const hex = bytes.toString("hex");
  const outputs = {
    hex: prefix + hex,
    dec: prefix + BigInt(`0x${hex}`).toString(),
    b64Std: prefix + bytes.toString("base64"),
    b64Url: prefix + bytes.toString("base64url"),
  };
  return { id: bytes.toString("base64url"), outputs, secrets: [] };
}

function length(inputs: Fields, key: string): number {
  const value = numberAt(inputs, key);
  if (value === undefined || !Number.isInteger(value) || value < 1)
    throw new Error(`${key} has to be a whole number from 1`);
  return value;
}

function characterOptions(inputs: Fields): Fields {
  const wanted = (key: string): boolean => inputs[key] !== false;
  const numeric = wanted("numeric") && wanted("number");
  const least = ["minLower", "minUpper", "minNumeric", "minSpecial"];
  return {
    lower: wanted("lower"),
    upper: wanted("upper"),
    special: wanted("special"),
    numeric,
    number: numeric,
    ...Object.fromEntries(least.map((key) => [key, numberAt(inputs, key) ?? 0])),
  };
}

function characters(inputs: Fields): string {
  const options = characterOptions(inputs);
  const special = textAt(inputs, "overrideSpecial") ?? defaultSpecial;
  const sets = [
    { on: options["lower"], least: "minLower", set: lowercase },
    { on: options["upper"], least: "minUpper", set: lowercase.toUpperCase() },
    { on: options["numeric"], least: "minNumeric", set: "0123456789" },
    { on: options["special"], least: "minSpecial", set: special },
  ].filter(({ on }) => on === true);
  const all = sets.map(({ set }) => set).join("");
  if (all === "") throw new Error("no characters are left to choose from");
  const chosen = sets.flatMap(({ least, set }) => pick(set, numberAt(options, least) ?? 0));
  const rest = length(inputs, "length") - chosen.length;
  if (rest < 0) throw new Error("length is less than the least numbers of characters together");
  return shuffled([...chosen, ...pick(all, rest)]).join("");
}

function pick(set: string, count: number): readonly string[] {
  return Array.from({ length: count }, () => set.charAt(randomInt(set.length)));
}

function shuffled(items: readonly string[]): readonly string[] {
  const keyed = items.map((item) => ({ item, key: randomInt(2 ** 40) }));
  return keyed.sort((a, b) => a.key - b.key).map(({ item }) => item);
}
