import { canonical, textAt } from "../../kube/json.ts";
import type { Registration } from "./monitor.ts";
import { applyObject, removeObject } from "./objects.ts";
import { randomValue } from "./random.ts";
import { applyRelease, removeRelease } from "./release.ts";
import { entryOf, type Handled, type Run } from "./run-context.ts";
import type { Entry } from "./state.ts";
import { tlsValue } from "./tls.ts";

/** Brings one registration about. @throws naming the type where it is not one that this engine knows. */
export async function handle(run: Run, registration: Registration): Promise<Handled> {
  const { type, custom, inputs, ignoreChanges } = registration;
  if (!custom || type.startsWith("pulumi:providers:")) return declare(run, registration);
  if (ignoreChanges.length > 0) throw new Error("ignoreChanges is not supported by the stand-in engine");
  if (type === "kubernetes:helm.sh/v3:Release") return applyRelease(run, registration);
  const isObject = textAt(inputs, "apiVersion") !== undefined && textAt(inputs, "kind") !== undefined;
  if (type.startsWith("kubernetes:") && isObject && !type.endsWith("Patch"))
    return applyObject(run, registration);
  return makeValue(run, registration);
}

/** What has nothing behind it: a component, a provider, the stack. */
function declare(run: Run, registration: Registration): Handled {
  const previous = run.state.get(registration.urn);
  const same = previous !== undefined && canonical(previous.inputs) === canonical(registration.inputs);
  run.state.put({ ...entryOf(registration, { kind: "none" }), status: "done" });
  return {
    change: previous === undefined ? "create" : same ? "same" : "update",
    registered: {
      id: registration.custom ? registration.name : undefined,
      state: registration.custom ? registration.inputs : {},
      secrets: topLevel(registration.secrets),
    },
  };
}

/** A value that is made once and kept; other inputs make another one. */
async function makeValue(run: Run, registration: Registration): Promise<Handled> {
  const { type, inputs, urn } = registration;
  const previous = run.state.get(urn);
  const old = previous?.thing.kind === "value" ? previous.thing : undefined;
  const same = old !== undefined && canonical(previous?.inputs) === canonical(inputs);
  const made = randomValue(type, inputs) ?? (await tlsValue(type, inputs));
  if (made === undefined)
    throw new Error(`resources of type ${type} are not supported by the stand-in engine`);
  const value = same ? { ...made, id: old.id, outputs: old.outputs } : made;
  run.state.put({
    ...entryOf(registration, { kind: "value", id: value.id, outputs: value.outputs }),
    status: "done",
  });
  return {
    change: same ? "same" : old === undefined ? "create" : "replace",
    registered: {
      id: value.id,
      state: { ...inputs, ...value.outputs },
      secrets: [...topLevel(registration.secrets), ...value.secrets],
    },
  };
}

function topLevel(paths: readonly string[]): readonly string[] {
  return paths.map((path) => path.split(".")[0] ?? "");
}

/** Removes what stands behind an entry, and the entry with it once that is gone. */
export async function remove(run: Run, entry: Entry): Promise<void> {
  const { thing } = entry;
  if (entry.retainOnDelete || thing.kind === "none" || thing.kind === "value") run.state.remove(entry);
  else if (thing.kind === "object") await removeObject(run, entry, thing);
  else await removeRelease(run, entry, thing);
}
