import { canonical, recordAt, textAt, type Fields } from "../../../local/kube/json.ts";
import type { HandWrittenJob, Metadata, Texts } from "./by-hand.ts";
import type { Recorded } from "./child.ts";
import { evaluateIn } from "./process.ts";
import { stackOf } from "./stack.ts";

/** The two programs that are compared, as stacks of the same jobs. */
export interface Twins {
  readonly jobs: number;
  readonly stack: Fields;
  readonly byHand: { readonly stack: Fields; readonly byHand: readonly HandWrittenJob[] };
}

/**
 * Takes the final resources of so many jobs from the real program, for the program by hand to register.
 * @throws where the two do not register the very same resources: their times could not be compared.
 */
export async function twins(jobs: number): Promise<Twins> {
  const stack = stackOf(jobs);
  const ours = await evaluateIn({ stack, record: true });
  const written = Object.keys(recordAt(stack, "jobs")).map((name) => handWritten(name, ours.resources));
  const byHand = { stack: stackOf(0), byHand: written };
  const theirs = await evaluateIn({ ...byHand, record: true });
  const missed = difference(ours.resources, theirs.resources);
  const added = difference(theirs.resources, ours.resources);
  if (missed.length + added.length > 0) {
    throw new Error(`by-hand.ts differs from index.ts:\n- ${missed.join("\n- ")}\n+ ${added.join("\n+ ")}`);
  }
  return { jobs, stack, byHand };
}

/** What is in the first and not, or not just so, in the second. */
function difference(first: readonly Recorded[], second: readonly Recorded[]): readonly string[] {
  const known = new Set(second.map(canonical));
  return first.map(canonical).filter((resource) => !known.has(resource));
}

function handWritten(name: string, resources: readonly Recorded[]): HandWrittenJob {
  const inputs = (suffix: string): Fields => {
    const found = resources.find((resource) => resource.name === `${name}-${suffix}`);
    if (found === undefined) throw new Error(`job ${name} has no resource ${name}-${suffix}`);
    return found.inputs;
  };
  const code = inputs("code");
  const application = inputs("application");
  return {
    name,
    code: { metadata: metadata(code), ...maps(code, ["data", "binaryData"]) },
    application: {
      kind: textAt(application, "kind") ?? "",
      metadata: metadata(application),
      spec: recordAt(application, "spec"),
    },
  };
}

function metadata(inputs: Fields): Metadata {
  const fields = recordAt(inputs, "metadata");
  const [name = "", namespace = ""] = [textAt(fields, "name"), textAt(fields, "namespace")];
  return { name, namespace, ...maps(fields, ["labels"]) };
}

/** Those of the fields that are there, as maps of texts. */
function maps<Field extends string>(from: Fields, fields: readonly Field[]): Partial<Record<Field, Texts>> {
  const found: Partial<Record<Field, Texts>> = {};
  for (const field of fields) {
    if (from[field] === undefined) continue;
    found[field] = Object.fromEntries(
      Object.entries(recordAt(from, field)).map(([key, value]) => [key, String(value)]),
    );
  }
  return found;
}
