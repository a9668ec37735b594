import type { ServerResponse } from "node:http";

import { at, isRecord, textAt, type Fields } from "../../../local/kube/json.ts";
import { crdErrors } from "../../../test/support/crd-schema.ts";
import { matches, type FakeObjects, type Plural } from "./fake-objects.ts";

export interface FakeRequest {
  readonly method: string;
  readonly plural: Plural;
  readonly namespace: string;
  readonly name: string | undefined;
  readonly query: URLSearchParams;
}

type Result = readonly [status: number, body: Fields];

/** What an API server does with a request that is neither for a log nor a watch. */
export function act(
  objects: FakeObjects,
  { method, plural, namespace, name, query }: FakeRequest,
  body: unknown,
): Result {
  if (method === "GET" && name === undefined) return list(objects, plural, namespace, query);
  if (method === "POST") return create(objects, plural, namespace, body);
  const object = objects.get(plural, namespace, name ?? "");
  if (object === undefined) return failure(404, `${plural} "${name ?? ""}" not found`);
  if (method === "GET") return [200, object];
  if (method !== "DELETE") return failure(405, "the server does not allow this method");
  const uid = textAt(body, "preconditions", "uid");
  if (uid !== undefined && uid !== textAt(object, "metadata", "uid")) {
    return failure(409, "Precondition failed: UID in precondition differs");
  }
  objects.remove(plural, namespace, name ?? "");
  return [200, { kind: "Status", status: "Success" }];
}

function create(objects: FakeObjects, plural: Plural, namespace: string, body: unknown): Result {
  const name = textAt(body, "metadata", "name") ?? "";
  if (!isRecord(body)) return failure(400, "the body is no object");
  if (textAt(body, "metadata", "namespace") !== namespace)
    return failure(400, "the namespace does not match");
  if (!/^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$/.test(name))
    return failure(422, `metadata.name: "${name}" is invalid`);
  if (plural === "sparkapplications") {
    const errors = crdErrors({ ...body, kind: "SparkApplication" });
    if (errors.length > 0) return failure(422, errors.join("; "));
  }
  if (objects.get(plural, namespace, name) !== undefined)
    return failure(409, `${plural} "${name}" already exists`);
  return [201, objects.put(plural, body)];
}

function list(objects: FakeObjects, plural: Plural, namespace: string, query: URLSearchParams): Result {
  const all = objects
    .list(plural, namespace)
    .filter((object) => matches(object, query.get("labelSelector"), query.get("fieldSelector")));
  const [version, from] = (query.get("continue") ?? `${objects.version}:0`).split(":").map(Number);
  const limit = Number(query.get("limit") ?? Infinity);
  const end = (from ?? 0) + limit;
  const metadata = {
    resourceVersion: String(version),
    ...(end < all.length && { continue: `${version}:${end}` }),
  };
  return [200, { metadata, items: all.slice(from ?? 0, end) }];
}

/** Answers with the changes since a version, for as long as somebody listens. */
export function watch(
  objects: FakeObjects,
  { plural, namespace, query }: FakeRequest,
  response: ServerResponse,
): void {
  const line = (type: string, object: Fields): void =>
    void response.write(`${JSON.stringify({ type, object })}\n`);
  response.writeHead(200, { "content-type": "application/json" });
  const stop = objects.follow(Number(query.get("resourceVersion") ?? "0"), (change) => {
    const { type, object } = change;
    if (change.plural !== plural || at(object, "metadata", "namespace") !== namespace) return;
    if (matches(object, query.get("labelSelector"), query.get("fieldSelector"))) line(type, object);
  });
  if (stop === undefined) {
    line("ERROR", failure(410, "too old resource version")[1]);
    response.end();
    return;
  }
  line("BOOKMARK", { metadata: { resourceVersion: String(objects.version) } });
  response.once("close", stop);
}

/** A refusal as the API server words it. */
export function failure(code: number, message: string): Result {
  return [code, { kind: "Status", apiVersion: "v1", status: "Failure", code, message }];
}
