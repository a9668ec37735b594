import assert from "node:assert/strict";
import { Agent, get, type IncomingMessage } from "node:http";
import { Readable } from "node:stream";
import type { TestContext } from "node:test";

import type { FastifyInstance } from "fastify";

import type { ServiceAccounts } from "../../src/auth/service-accounts.ts";
import type { Archive } from "../../src/logs/archive.ts";
import type { Cluster } from "../../src/kubernetes/cluster.ts";
import type { Jobs } from "../../src/jobs/jobs.ts";
import { logRoutes, type LogRouteOptions } from "../../src/logs/routes.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import type { Store, StoreKind } from "../../src/store/store.ts";
import { startFakeCluster, type FakeCluster } from "./fake-cluster.ts";
import { gatewayOn, newClient, type TestGateway } from "./gateway.ts";
import { samplePlatform } from "./job-samples.ts";
import { sparkSpec } from "./kube-objects.ts";
import { newLocation, open } from "./stores.ts";

export const id = "word-count-1f";
const sparkId = "spark-1f";

/** Puts an application into the store, as if it had been submitted. */
export async function putApplication(store: Store, given: Partial<ApplicationRow> = {}): Promise<void> {
  const values = {
    id,
    cluster: "test",
    namespace: "team-a",
    owner: "owner",
    name: "word-count",
    job: "{}",
    manifest: "{}",
    request_sha256: "0",
    spark_version: "4.0.4",
    submitted_at: 0,
    state: "RUNNING" as const,
    attempts: 1,
    driver_pod: podName("driver"),
    spark_id: sparkId,
    ...given,
  };
  await store.db.insertInto("applications").values(values).execute();
}

/** Puts a pod of the application into the cluster, whose one container is in this state. */
export function putPod(fake: FakeCluster, role: "driver" | number, state: object): void {
  const labels = {
    "sparkoperator.k8s.io/app-name": id,
    ...(role !== "driver" && { "spark-exec-id": String(role) }),
  };
  fake.objects.put("pods", {
    metadata: { namespace: "team-a", name: podName(role), labels },
    spec: sparkSpec(sparkId, role),
    status: { containerStatuses: [{ name: containerOf(role), state }] },
  });
}

export const podName = (role: "driver" | number): string =>
  role === "driver" ? `${id}-driver` : `${id}-exec-${role}`;
export const logName = (role: "driver" | number): string => `team-a/${podName(role)}/${containerOf(role)}`;
const containerOf = (role: "driver" | number): string =>
  `spark-kubernetes-${role === "driver" ? "driver" : "executor"}`;

/** A line as Kubernetes gives it. Every third has the time of the one before it. */
export function stamped(index: number): string {
  const ns = String(index - Number(index % 3 === 2)).padStart(9, "0");
  return `2026-11-24T12:00:00.${ns}Z line ${index}`;
}

/** An archive in memory: texts by `application/pod`, the newest first. */
export function memoryArchive(logs: Map<string, string>): Archive {
  return {
    putLog: () => assert.fail("nobody puts a log here"),
    putEvents: () => assert.fail("nobody puts events here"),
    remove: () => assert.fail("nobody removes anything here"),
    getLog: ({ applicationId, pod }) => {
      const log = logs.get(`${applicationId}/${pod}`);
      return Promise.resolve(log === undefined ? undefined : Readable.from(Buffer.from(log)));
    },
    podsOf: (of) =>
      Promise.resolve(
        [...logs.keys()].filter((key) => key.startsWith(`${of}/`)).map((key) => key.slice(of.length + 1)),
      ),
  };
}

export interface LogScene {
  readonly gateway: TestGateway;
  readonly store: Store;
  readonly fake: FakeCluster;
  /** The application's time, which the test steps. */
  readonly clock: { now: number };
  /** The owner's. */
  readonly token: string;
  readonly followers: () => Promise<number | undefined>;
  /** Opens a log's stream over HTTP. `by`: who has the connection; default: it is the stream's alone. */
  readonly follow: (query?: string, lastId?: string, by?: Agent) => Promise<IncomingMessage>;
}

export interface LogSceneOptions extends Pick<LogRouteOptions, "lifeMs" | "heartbeatMs" | "partingMs"> {
  readonly archive?: Archive;
  /** Default: the fake's own client. */
  readonly cluster?: (fake: FakeCluster) => Cluster;
  readonly serviceAccounts?: ServiceAccounts;
  readonly metrics?: Metrics;
  /** Adds further routes. Default: none. */
  readonly more?: (v1: FastifyInstance, jobs: Jobs) => void;
}

export async function startLogs(
  context: TestContext,
  kind: StoreKind,
  { archive, cluster, serviceAccounts, metrics = createMetrics(), more, ...times }: LogSceneOptions = {},
): Promise<LogScene> {
  const fake = await startFakeCluster(context);
  const store = await open(context, await newLocation(context, kind));
  const clock = { now: 0 };
  const platform = samplePlatform();
  const gateway = await gatewayOn(context, store, {
    metrics,
    serviceAccounts,
    platform,
    routes: (v1) => {
      const now = (): number => clock.now;
      const jobs = { store, cluster: cluster?.(fake) ?? fake.cluster, platform, now, logger: v1.log };
      logRoutes(v1, jobs, { archive, registry: metrics.registry, ...times });
      more?.(v1, jobs);
    },
  });
  const { accessToken: token } = await newClient(gateway, "owner", "user");
  const address = await gateway.app.listen({ host: "127.0.0.1", port: 0 });
  const agent = new Agent({ maxSockets: Infinity });
  context.after(() => {
    agent.destroy();
  });
  return {
    gateway,
    store,
    fake,
    clock,
    token,
    followers: async () =>
      (await metrics.registry.getSingleMetric("spark_gateway_followers")?.get())?.values[0]?.value,
    follow: (query = "", lastId, by = agent) => {
      const headers = {
        authorization: `Bearer ${token}`,
        accept: "text/event-stream",
        ...(lastId !== undefined && { "last-event-id": lastId }),
      };
      const request = get(`${address}/v1/applications/${id}/logs${query}`, { agent: by, headers });
      return new Promise((resolve, reject) => {
        request.once("response", resolve).once("error", reject);
      });
    },
  };
}

export interface ServerEvent {
  readonly event: string | undefined;
  readonly id: string | undefined;
  readonly data: string;
}

/** The events of a stream as a browser reads them; comments and `retry` as events of that name. */
export async function* eventsOf(stream: IncomingMessage): AsyncGenerator<ServerEvent, void, undefined> {
  let rest = "";
  for await (const chunk of stream.setEncoding("utf8")) {
    const blocks = (rest + String(chunk)).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const fields = block.split("\n").map((line) => /^(\w*): ?(.*)$/s.exec(line) ?? assert.fail(line));
      const values = (name: string): string[] =>
        fields.flatMap(([, key, value = ""]) => (key === name ? [value] : []));
      const remark = fields[0]?.[1] === "" ? "comment" : fields[0]?.[1] === "retry" ? "retry" : undefined;
      yield { event: values("event")[0] ?? remark, id: values("id")[0], data: values("data").join("\n") };
    }
  }
  assert.equal(rest, "", "an event is sent as a whole");
}

/** The lines of a stream with their ids, until the stream ends, and why it did if it said so. */
export async function linesOf(
  stream: IncomingMessage,
): Promise<{ readonly lines: string[]; readonly ids: string[]; readonly end: string | undefined }> {
  const lines: string[] = [];
  const ids: string[] = [];
  let end: string | undefined;
  for await (const { event, id: own, data } of eventsOf(stream)) {
    if (event === "end") end = data;
    if (event !== undefined) continue;
    lines.push(data);
    if (own !== undefined) ids.push(own);
  }
  return { lines, ids, end };
}
