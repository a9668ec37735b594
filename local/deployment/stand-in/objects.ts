import { randomBytes } from "node:crypto";

import { at, canonical, isRecord, recordAt, textAt, type Fields } from "../../kube/json.ts";
import { describeRef, KubeError, refOf, type ObjectRef } from "../../kube/kube.ts";
import { until, type Probed } from "../../kube/wait.ts";
import type { Registration } from "./monitor.ts";
import type { Cluster } from "./clusters.ts";
import { partOf } from "./part-of.ts";
import { mustReplace } from "./replace.ts";
import { waitReady } from "./ready.ts";
import { entryOf, type Handled, type Run } from "./run-context.ts";
import type { Entry, Thing } from "./state.ts";
import { milliseconds } from "./timeouts.ts";

type ObjectThing = Extract<Thing, { kind: "object" }>;

/** Creates, changes or replaces the object of a registration, and waits until it is ready. */
export async function applyObject(run: Run, registration: Registration): Promise<Handled> {
  const cluster = run.clusters.of(registration.provider);
  const previous = run.state.get(registration.urn);
  const old = previous?.thing.kind === "object" ? previous.thing : undefined;
  const desired = await desire(cluster, registration, old);
  const ref = refOf(desired.object);
  const moved = old !== undefined && canonical(old.ref) !== canonical(ref);
  const rebuild = old !== undefined && !moved && mustReplace(old.desired, desired.object);
  if (previous !== undefined && moved) run.state.setAside(previous);
  if (previous !== undefined && rebuild) await removeObject(run, previous, old);

  const fresh = old === undefined || moved || rebuild;
  const unchanged =
    !fresh && previous?.status === "done" && canonical(old.desired) === canonical(desired.object);
  const before = await cluster.kube.find(ref);
  if (fresh && before !== undefined && !cluster.upsert) {
    throw new Error(
      `${describeRef(ref)} is there already and not of this stack: remove it or give another name`,
    );
  }
  if (unchanged && before === undefined) {
    run.log(`${describeRef(ref)} is gone; the engine does not notice that without a refresh`);
    return { change: "same", registered: answer(registration, desired.object) };
  }
  const thing: ObjectThing = { kind: "object", ref, autonamed: desired.autonamed, desired: desired.object };
  const entry = entryOf(registration, thing);
  run.state.put({ ...entry, status: unchanged ? "done" : "pending" });
  const applied = await apply(run, cluster, desired.object).catch(async (error: unknown) => {
    if (fresh && (await cluster.kube.find(ref)) === undefined) run.state.forget(registration.urn);
    throw error;
  });
  const same =
    unchanged && canonical(partOf(before, desired.object)) === canonical(partOf(applied, desired.object));
  const { create, update } = registration.timeouts;
  const live = unchanged
    ? applied
    : await waitReady(cluster.kube, applied, milliseconds(fresh ? create : update));
  run.state.put({ ...entry, status: "done" });
  const change = moved || rebuild ? "replace" : fresh ? "create" : same ? "same" : "update";
  return { change, registered: answer(registration, live) };
}

/** The object to apply: with a name, a namespace where its kind has one, and a secret's text as data. */
async function desire(
  cluster: Cluster,
  registration: Registration,
  old: ObjectThing | undefined,
): Promise<{ readonly object: Fields; readonly autonamed: boolean }> {
  const metadata = recordAt(registration.inputs, "metadata");
  if (metadata["generateName"] !== undefined)
    throw new Error("metadata.generateName is not supported by the stand-in engine");
  const given = textAt(metadata, "name");
  const { stringData, ...rest } = registration.inputs;
  const data = isRecord(stringData) ? { data: { ...recordAt(rest, "data"), ...encoded(stringData) } } : {};
  const { apiVersion, kind } = refOf(rest);
  const namespaced = await retryMissing(() => cluster.kube.namespaced(apiVersion, kind));
  const build = (name: string): Fields => ({
    ...rest,
    ...data,
    metadata: {
      ...metadata,
      name,
      ...(namespaced ? { namespace: textAt(metadata, "namespace") ?? cluster.namespace } : {}),
      ...(given === undefined
        ? { annotations: { ...recordAt(metadata, "annotations"), "pulumi.com/autonamed": "true" } }
        : {}),
    },
  });
  if (given !== undefined) return { object: build(given), autonamed: false };
  const kept = old?.autonamed === true ? build(old.ref.name) : undefined;
  if (kept !== undefined && old !== undefined && !mustReplace(old.desired, kept))
    return { object: kept, autonamed: true };
  return { object: build(`${registration.name}-${randomBytes(4).toString("hex")}`), autonamed: true };
}

function encoded(stringData: Fields): Fields {
  const entries = Object.entries(stringData);
  return Object.fromEntries(
    entries.map(([key, text]) => [key, Buffer.from(String(text)).toString("base64")]),
  );
}

async function apply(run: Run, cluster: Cluster, object: Fields): Promise<Fields> {
  const force =
    cluster.force || recordAt(object, "metadata", "annotations")["pulumi.com/patchForce"] === "true";
  const warn = (message: string): void => {
    run.log(`${describeRef(refOf(object))}: ${message}`);
  };
  try {
    return await retryMissing(() =>
      cluster.kube.apply(object, { fieldManager: run.state.fieldManager, force, warn }),
    );
  } catch (error) {
    const text = error instanceof Error ? error.message : String(error);
    throw new Error(`the cluster refuses ${describeRef(refOf(object))}: ${text}`, { cause: error });
  }
}

/** A kind or a namespace may be there in a moment; the provider tries again for half a minute. */
async function retryMissing<T>(call: () => Promise<T>): Promise<T> {
  const end = Date.now() + 30_000;
  return until("the kind or namespace", 60_000, async (): Promise<Probed<T>> => {
    try {
      return { done: await call() };
    } catch (error) {
      if (!(error instanceof KubeError) || error.status !== 404 || Date.now() > end) throw error;
      return { waiting: error.message };
    }
  });
}

function answer(registration: Registration, live: Fields): Handled["registered"] {
  const { namespace, name } = refOf(live);
  const secrets = new Set(registration.secrets.map((path) => path.split(".")[0] ?? ""));
  if (textAt(live, "kind") === "Secret") for (const key of ["data", "stringData"]) secrets.add(key);
  return { id: namespace === undefined ? name : `${namespace}/${name}`, state: live, secrets: [...secrets] };
}

/** Deletes an object and waits until it is really gone. One that was never made is left alone, whoever's it is. */
export async function removeObject(run: Run, entry: Entry, thing: ObjectThing): Promise<void> {
  const { kube } = run.clusters.of(entry.provider);
  const live = await kube.find(thing.ref);
  if (live !== undefined && (entry.status === "done" || ownedBy(live, run.state.fieldManager))) {
    await kube.remove(thing.ref);
    await untilGone(run, entry, thing.ref, textAt(live, "metadata", "uid"));
  }
  run.state.remove(entry);
}

async function untilGone(run: Run, entry: Entry, ref: ObjectRef, uid: string | undefined): Promise<void> {
  const { kube } = run.clusters.of(entry.provider);
  await until(`the end of ${describeRef(ref)}`, milliseconds(entry.deleteTimeout), async () => {
    const live = await kube.find(ref);
    if (live === undefined || textAt(live, "metadata", "uid") !== uid) return { done: undefined };
    const finalizers = JSON.stringify(
      at(live, "metadata", "finalizers") ?? at(live, "spec", "finalizers") ?? [],
    );
    const asked = textAt(live, "metadata", "deletionTimestamp") !== undefined;
    return { waiting: `${asked ? "being deleted" : "not being deleted"}, finalizers ${finalizers}` };
  });
}

function ownedBy(live: Fields, fieldManager: string): boolean {
  return JSON.stringify(at(live, "metadata", "managedFields") ?? []).includes(JSON.stringify(fieldManager));
}
