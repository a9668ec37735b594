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
import { buildEntry } from "../../src/ui/entry.ts";
import { signJws } from "../../src/ui/jws.ts";
import { originOf, type Pages } from "../../src/ui/origins.ts";
import { openSessions, type Sessions } from "../../src/ui/sessions.ts";
import { buildUi, cookieName } from "../../src/ui/ui.ts";
import { visitors } from "../../src/ui/visitor.ts";
import { startFakeCluster, type FakeCluster } from "../support/fake-cluster.ts";
import { sampleApplication, samplePages, samplePlatform } from "../support/job-samples.ts";
import { addClient } from "../support/rows.ts";
import { newLocation, open } from "../support/stores.ts";
import { startFakeDriver, type FakeDriver } from "./fake-driver.ts";

/** 32 bytes, base64url. */
export const key = Buffer.alloc(32, "k").toString("base64url");
/** The front door. */
export const { url, origins } = samplePages;

type Answer = Awaited<ReturnType<FastifyInstance["inject"]>>;

/** Pages before a cluster with one application of alice's, whose driver runs. */
export interface Scene {
  /** What the front door leads to. */
  readonly entry: FastifyInstance;
  /** The pages at their origins. */
  readonly ui: FastifyInstance;
  readonly sessions: Sessions;
  readonly fake: FakeCluster;
  readonly driver: FakeDriver;
  readonly history: FakeDriver;
  readonly store: Store;
  readonly log: readonly string[];
  readonly clock: { now: number };
  /** Opens a page at the front door, as a browser without any session at its origin: follows to what is shown. */
  readonly visit: (path: string, given?: Given) => Promise<Answer>;
  /** Asks for a path of an origin, by default with a good session there. */
  readonly look: (
    path: string,
    given?: Given & { readonly pages?: Pages; readonly cookie?: string },
  ) => Promise<Answer>;
  /** The status of a request with a good session over a socket, whose path is sent as it is. */
  readonly statusOf: (path: string) => Promise<number>;
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

export const alice = {
  authorization: `Bearer ${signJws(key, { sub: "front-door" })}`,
  "x-forwarded-user": "id-of-alice@example.test",
  "x-forwarded-email": "alice@example.test",
  "x-forwarded-email-verified": "true",
};

export const issuer = "https://login.example.test";

export const admin = { email: "root@example.test", groups: "data,platform" };
/** Alice's application: at the front door, at its origin, and what that shows. */
export const entrance = "/ui/team-a/word-count-1f";
export const prefix = "/team-a.word-count-1f";
export const pages: Pages = { kind: "application", namespace: "team-a", application: "word-count-1f" };

export async function startScene(
  context: TestContext,
  {
    kind = "sqlite",
    answer = (_request, response) => void response.end("the driver's"),
    historyAnswer = (_request, response) => void response.end("the History Server's"),
    skipEmailVerified = false,
  }: Partial<{
    readonly kind: StoreKind;
    readonly answer: RequestListener;
    readonly historyAnswer: RequestListener;
    readonly skipEmailVerified: boolean;
  }> = {},
): Promise<Scene> {
  const fake = await startFakeCluster(context);
  const driver = await startFakeDriver(context, answer);
  const history = await startFakeDriver(context, historyAnswer);
  const store = await open(context, await newLocation(context, kind));
  const clock = { now: Date.UTC(2026, 0) };
  const log: string[] = [];
  const now = (): number => clock.now;
  const sessions = openSessions(key, now);
  const places = { url, origins, historyServer: history.url };
  const parts = {
    jobs: { store, cluster: fake.cluster, platform: samplePlatform({ pages: places }), now },
    key,
    sessions,
    logger: pino(loggerOptions("trace"), { write: (line) => void log.push(line) }),
    metrics: createMetrics(),
  };
  const entry = await buildEntry({
    ...parts,
    visitorOf: visitors({ store, now, issuer, adminGroup: "platform", skipEmailVerified }),
    origins,
  });
  const ui = await buildUi({
    ...parts,
    places,
    driverUrl: (address) => (address === "10.1.2.3" ? driver.url : `http://${address}.test`),
  });
  context.after(() => Promise.all([entry.close(), ui.close()]));
  await addClient(store, "alice@example.test");
  await addApplication(store, "word-count-1f", "alice@example.test");
  run(fake, "word-count-1f");
  const cookieOf = async (of: Pages): Promise<string> =>
    `${cookieName}=${await sessions.issueSession({ pages: of, visitor: { name: "alice@example.test", isAdmin: false } })}`;
  const look: Scene["look"] = async (path, { pages: of = pages, cookie, headers, method = "GET" } = {}) =>
    ui.inject({
      method,
      url: path,
      headers: {
        host: new URL(originOf(origins, of)).host,
        cookie: cookie ?? (await cookieOf(of)),
        ...headers,
      },
    });
  return {
    entry,
    ui,
    sessions,
    fake,
    driver,
    history,
    store,
    log,
    clock,
    look,
    statusOf: async (path) => {
      if (!ui.server.listening) await ui.listen({ host: "127.0.0.1", port: 0 });
      const bound = ui.server.address();
      assert.ok(bound !== null && typeof bound === "object");
      const headers = { host: new URL(originOf(origins, pages)).host, cookie: await cookieOf(pages) };
      const request = get({ host: "127.0.0.1", port: bound.port, path, headers });
      const answered: readonly unknown[] = await once(request, "response");
      const [response] = answered;
      assert.ok(response instanceof IncomingMessage);
      response.resume();
      return response.statusCode ?? 0;
    },
    visit: async (path, { method = "GET", headers, ...visitor } = {}) => {
      const first = await entry.inject({
        method,
        url: path,
        headers: { ...frontDoors(visitor), ...headers },
      });
      return first.statusCode === 302 ? follow(ui, first) : first;
    },
  };
}

/** What the front door says of a visitor; by default of alice. */
export function frontDoors({ email, user, groups, ...given }: Given): Readonly<Record<string, string>> {
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

/** Follows redirects within the origins of pages, with the cookie that they set, to the first other answer. */
async function follow(ui: FastifyInstance, first: Answer): Promise<Answer> {
  let answer = first;
  let cookie = "";
  let at = new URL(origins);
  for (let hops = 0; answer.statusCode === 302 && hops < 5; hops++) {
    const to = new URL(String(answer.headers.location), at);
    if (!to.host.endsWith(`.${new URL(origins).host}`)) return answer;
    at = to;
    const [set] = answer.cookies;
    if (set !== undefined) cookie = `${set.name}=${set.value}`;
    answer = await ui.inject({ url: at.pathname + at.search, headers: { host: at.host, cookie } });
    const [given] = answer.cookies;
    if (given !== undefined) cookie = `${given.name}=${given.value}`;
  }
  return answer;
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
