import type { z } from "zod";

import { describeValue, listed } from "./text.ts";

type Issue = z.core.$ZodIssue;

/** What is wrong, as a phrase that begins with the value: `0 is below the minimum of 1`. */
export function problemOf(issue: Issue, value: unknown, secret: boolean): string {
  if (issue.code === "invalid_type" && value === undefined) return "is missing";
  if (issue.code === "invalid_key") return keyProblem(issue);
  return `${secret ? "the value (not shown)" : describeValue(value)} ${phrase(issue)}`;
}

/** What the schema's author says would be right, where a check says it better than the field's documentation. */
export function expectedBy(issue: Issue): string | undefined {
  if (issue.code === "invalid_key") return issue.issues.map(expectedBy).find((text) => text !== undefined);
  if (issue.code !== "custom") return undefined;
  const expected: unknown = issue.params?.["expected"];
  return typeof expected === "string" ? expected : undefined;
}

function phrase(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return `is not ${typeNames[issue.expected] ?? `of type ${issue.expected}`}`;
    case "invalid_value":
      return `is not one of ${listed(issue.values)}`;
    case "too_small":
      return issue.origin === "number" || issue.origin === "int"
        ? `is below the minimum of ${String(issue.minimum)}`
        : `is too short: at least ${String(issue.minimum)} ${unitOf(issue.origin)}`;
    case "too_big":
      return issue.origin === "number" || issue.origin === "int"
        ? `is above the maximum of ${String(issue.maximum)}`
        : `is too long: at most ${String(issue.maximum)} ${unitOf(issue.origin)}`;
    case "custom":
      return issue.message;
    case "invalid_union":
      return "is of none of the types that are allowed here";
    case "not_multiple_of":
      return `is not a multiple of ${issue.divisor}`;
    case "invalid_format":
    case "invalid_element":
    case "invalid_key":
    case "unrecognized_keys":
      return "does not have the right form";
  }
}

function keyProblem(issue: z.core.$ZodIssueInvalidKey): string {
  const key = describeValue(issue.path.at(-1));
  const custom = issue.issues.find((nested) => nested.code === "custom");
  return `the name ${key} ${custom?.message ?? "does not have the right form"}`;
}

function unitOf(origin: string): string {
  return origin === "string" ? "characters" : "entries";
}

const typeNames: Readonly<Record<string, string>> = {
  string: "a text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  object: "an object",
  record: "an object",
  array: "a list",
};
