import assert from "node:assert/strict";
import { once } from "node:events";
import { get, IncomingMessage, type RequestListener } from "node:http";
import type { TestContext } from "node:test";

import type { FastifyInstance, InjectOptions } from "fastify";
import { pino } from "pino";

import type { Fields } from "../../../local/kube/json.ts";
import { loggerOptions } from "../../src/logging.ts";
import { createMetrics } from "../../src/metrics/metrics.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import type { Store, StoreKind } from "../../src/store/store.ts";
import { signJws } from "../../src/ui/jws.ts";
import { buildUi } from "../../src/ui/ui.ts";
import { visitors } from "../../src/ui/visitor.ts";
import { startFakeCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { sampleApplication, samplePlatform } from "../support/job-samples.ts";
import { addClient } from "../support/rows.ts";
import { newLocation, open } from "../support/stores.ts";
import { startFakeDriver, type FakeDriver } from "./fake-driver.ts";

/** 32 bytes, base64url. */
export const key = Buffer.alloc(32, "k").toString("base64url");
export const historyUrl = "https://spark.test:30443";

/** Pages before a cluster with one application of alice's, whose driver runs. */
export interface Scene {
  readonly ui: FastifyInstance;
  readonly fake: FakeCluster;
  readonly driver: FakeDriver;
  readonly store: Store;
  readonly log: readonly string[];
  readonly clock: { now: number };
  /** The status of the owner's request over a socket, whose path is sent as it is. */
  readonly statusOf: (path: string) => Promise<number>;
  readonly look: (path: string, given?: Given) => Promise<Awaited<ReturnType<FastifyInstance["inject"]>>>;
}

export interface Given {
  readonly email?: string;
  /** The issuer's id of the visitor. Default: one of their own, by the address. */
  readonly user?: string;
  /** The header as the front door sends it; undefined: it does not. Default: `true`. */
  readonly verified?: string | undefined;
  readonly groups?: string;
  readonly method?: NonNullable<InjectOptions["method"]>;
  readonly headers?: Readonly<Record<string, string>>;
}

const alice = {
  authorization: `Bearer ${signJws(key, { sub: "front-door" })}`,
  "x-forwarded-user": "id-of-alice@example.test",
  "x-forwarded-email": "alice@example.test",
  "x-forwarded-email-verified": "true",
};

export const issuer = "https://login.example.test";

export const sparks = "/ui/team-a/word-count-1f";

export async function startScene(
  context: TestContext,
  {
    kind = "sqlite",
    answer = (_request, response) => void response.end("the driver's"),
    skipEmailVerified = false,
  }: Partial<{
    readonly kind: StoreKind;
    readonly answer: RequestListener;
    readonly skipEmailVerified: boolean;
  }> = {},
): Promise<Scene> {
  const fake = await startFakeCluster(context);
  const driver = await startFakeDriver(context, answer);
  const store = await open(context, await newLocation(context, kind));
  const clock = { now: 0 };
  const log: string[] = [];
  const now = (): number => clock.now;
  const ui = await buildUi({
    jobs: { store, cluster: fake.cluster, platform: samplePlatform({ historyUrl }), now },
    key,
    visitorOf: visitors({ store, now, issuer, adminGroup: "platform", skipEmailVerified }),
    logger: pino(loggerOptions("trace"), { write: (line) => void log.push(line) }),
    metrics: createMetrics(),
    driverUrl: (address) => (address === "10.1.2.3" ? driver.url : `http://${address}.test`),
  });
  context.after(() => ui.close());
  await addClient(store, "alice@example.test");
  await addApplication(store, "word-count-1f", "alice@example.test");
  run(fake, "word-count-1f");
  return {
    ui,
    fake,
    driver,
    store,
    log,
    clock,
    statusOf: async (path) => {
      if (!ui.server.listening) await ui.listen({ host: "127.0.0.1", port: 0 });
      const bound = ui.server.address();
      assert.ok(bound !== null && typeof bound === "object");
      const request = get({ host: "127.0.0.1", port: bound.port, path, headers: alice });
      const answered: readonly unknown[] = await once(request, "response");
      const [response] = answered;
      assert.ok(response instanceof IncomingMessage);
      response.resume();
      return response.statusCode ?? 0;
    },
    look: (path, { method = "GET", headers, ...visitor } = {}) =>
      ui.inject({ method, url: path, headers: { ...frontDoors(visitor), ...headers } }),
  };
}

/** What the front door says of a visitor; by default of alice. */
function frontDoors({ email, user, groups, ...given }: Given): Readonly<Record<string, string>> {
  const { "x-forwarded-email-verified": verified, ...known } = alice;
  const said = "verified" in given ? given.verified : verified;
  return {
    ...known,
    ...(email !== undefined && {
      "x-forwarded-email": email,
      "x-forwarded-user": `id-of-${email.toLowerCase()}`,
    }),
    ...(user !== undefined && { "x-forwarded-user": user }),
    ...(groups !== undefined && { "x-forwarded-groups": groups }),
    ...(said !== undefined && { "x-forwarded-email-verified": said }),
  };
}

/** Puts a running application with its driver's pod into the cluster. */
export function run(fake: FakeCluster, name: string, pod: Fields = {}, namespace = "team-a"): void {
  fake.objects.put("sparkapplications", sampleApplication(name, namespace));
  fake.objects.setStatus("sparkapplications", namespace, name, {
    applicationState: { state: "RUNNING" },
    sparkApplicationId: `spark-of-${name}`,
    driverInfo: { podName: `${name}-driver` },
  });
  addPod(fake, `${name}-driver`, name, { phase: "Running", podIP: "10.1.2.3", ...pod }, namespace);
}

export function addPod(
  fake: FakeCluster,
  name: string,
  application: string,
  status: Fields,
  namespace = "team-a",
): void {
  const labels = { "sparkoperator.k8s.io/app-name": application, "spark-role": "driver" };
  fake.objects.put("pods", { metadata: { namespace, name, labels }, status });
}

export async function addApplication(
  { db }: Store,
  id: string,
  owner: string,
  more: Partial<ApplicationRow> = {},
): Promise<void> {
  await db
    .insertInto("applications")
    .values({
      id,
      cluster: "test",
      namespace: "team-a",
      owner,
      name: "word-count",
      job: "{}",
      manifest: "{}",
      request_sha256: "",
      spark_version: "4.0.4",
      submitted_at: 0,
      state: "RUNNING",
      attempts: 1,
      ...more,
    })
    .execute();
}
