import assert from "node:assert/strict";
import { once } from "node:events";
import { get, IncomingMessage, request, type ServerResponse } from "node:http";
import { test } from "node:test";

import { originOf, type Pages } from "../../src/ui/origins.ts";
import { openSessions, sessionSeconds } from "../../src/ui/sessions.ts";
import { cookieName } from "../../src/ui/ui.ts";
import { eventually } from "../support/eventually.ts";
import {
  addApplication,
  admin,
  alice,
  entrance,
  frontDoors,
  origins,
  pages,
  prefix,
  run,
  startScene,
  url,
} from "./scene.ts";

const other: Pages = { kind: "application", namespace: "team-a", application: "other" };
const visitor = { name: "alice@example.test", isAdmin: false };
const browser = { "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", "sec-fetch-site": "same-site" };
const script = { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty" };

test("a visitor without a session is sent to the front door, and comes back to the page with one of that origin alone", async (context) => {
  const { look, entry, ui } = await startScene(context);
  const away = await look(`${prefix}/stages/?id=1`, { cookie: "", headers: browser });
  assert.equal(away.headers.location, `${url}${entrance}/stages/?id=1`);
  const { headers } = await entry.inject({
    url: `${entrance}/stages/?id=1`,
    headers: { ...alice, ...browser },
  });
  assert.equal(headers["referrer-policy"], "no-referrer");
  assert.equal(headers["cache-control"], "no-store");
  const at = new URL(String(headers.location));
  assert.equal(at.origin, originOf(origins, pages));
  const back = await ui.inject({ url: at.pathname + at.search, headers: { host: at.host, ...browser } });
  assert.equal(back.headers.location, `${prefix}/stages/?id=1`);
  const [cookie] = back.cookies;
  assert.deepEqual(
    [cookie?.name, cookie?.secure, cookie?.httpOnly, cookie?.sameSite, cookie?.path, cookie?.domain],
    [cookieName, true, true, "Lax", "/", undefined],
  );
  const again = await ui.inject({ url: at.pathname + at.search, headers: { host: at.host, ...browser } });
  assert.equal(again.statusCode, 401, "a ticket is good once");
});

test("a session opens its own origin, until it ends, and nothing else is a session", async (context) => {
  const { look, sessions, clock, driver, store, fake } = await startScene(context);
  await addApplication(store, "other", "bob@example.test");
  run(fake, "other");
  const session = await sessions.issueSession({ pages, visitor });
  const good = `${cookieName}=${session}`;
  assert.equal((await look(`${prefix}/`, { cookie: good, headers: browser })).body, "the driver's");
  const ticket = await sessions.issueTicket({ pages, visitor, to: "/" });
  const foreign = await openSessions(
    Buffer.alloc(32, "o").toString("base64url"),
    () => clock.now,
  ).issueSession({
    pages,
    visitor,
  });
  const [header = "", payload = ""] = session.split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  for (const cookie of [ticket, foreign, `${none}.${payload}.`, `${header}.${payload}.`, "x", ""]) {
    const answer = await look(`${prefix}/`, { cookie: `${cookieName}=${cookie}`, headers: browser });
    assert.equal(answer.statusCode, 302, cookie);
    assert.ok(String(answer.headers.location).startsWith(`${url}/`));
  }
  const before = driver.requests.length;
  assert.equal(
    (await look("/team-a.other/", { pages: other, cookie: good, headers: browser })).statusCode,
    302,
  );
  assert.equal((await look("/team-a.other/", { cookie: good, headers: browser })).statusCode, 404);
  assert.equal((await look("/team-a.other/", { cookie: "", headers: browser })).statusCode, 401);
  clock.now += sessionSeconds * 1000 - 1000;
  assert.equal((await look(`${prefix}/static/a.js`, { cookie: good, headers: script })).statusCode, 200);
  assert.equal((await look(`${prefix}/`, { cookie: good, headers: browser })).statusCode, 302, "renewed");
  clock.now += 2000;
  assert.equal((await look(`${prefix}/static/a.js`, { cookie: good, headers: script })).statusCode, 401);
  assert.equal(driver.requests.length, before + 1);
});

test("scripts of other origins get nothing with a visitor's session, nor a ticket", async (context) => {
  const { look, driver, entry } = await startScene(context);
  for (const site of ["same-site", "cross-site"]) {
    for (const request of [
      script,
      { "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
      { "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
    ]) {
      const headers = { ...request, "sec-fetch-site": site };
      assert.equal((await look(`${prefix}/`, { headers })).statusCode, 403, JSON.stringify(headers));
      const asked = await entry.inject({
        url: `${entrance}/`,
        headers: { ...alice, ...headers },
      });
      assert.equal(asked.statusCode, 403);
    }
  }
  assert.equal(driver.requests.length, 0);
  for (const site of ["same-origin", "none"])
    assert.equal(
      (await look(`${prefix}/`, { headers: { ...script, "sec-fetch-site": site } })).statusCode,
      200,
    );
});

test("the History Server's list is for admins, and each application that it lists is at an origin of its own", async (context) => {
  const { visit, look, history, entry } = await startScene(context);
  const list: Pages = { kind: "history" };
  assert.equal((await visit("/history/", admin)).body, "the History Server's");
  assert.equal((await visit("/history/?showIncomplete=true", admin)).body, "the History Server's");
  assert.deepEqual(
    history.requests.map((each) => each.url),
    ["/", "/?showIncomplete=true"],
  );
  for (const path of [
    "/static/webui.js",
    "/api/v1/applications",
    "/api/v1/version",
    "/api/v1/applications/spark-1/logs",
    "/api/v1/applications/spark-1/1/logs",
  ])
    assert.equal((await look(path, { pages: list })).statusCode, 200, path);
  const asked = history.requests.length;
  for (const path of [
    "/logPage/",
    "/log/",
    "/static/",
    "/metrics/json",
    "/api/v1/applications/spark-1/jobs",
    "/api/v1/applications/spark-1",
    "/proxy/x",
    "/team-a.word-count-1f/",
  ])
    assert.equal((await look(path, { pages: list })).statusCode, 404, path);
  assert.equal(history.requests.length, asked);
  const link = await look("/history/spark-1/1/jobs/", { pages: list });
  assert.equal(link.headers.location, `${url}/history/spark-1/1/jobs/`);
  const ended = await look("/history/spark-1/1/jobs/", { pages: list, cookie: "", headers: browser });
  assert.equal(ended.headers.location, link.headers.location, "also once the session has ended");
  const log: Pages = { kind: "event-log", sparkId: "spark-1" };
  const { headers } = await entry.inject({
    url: "/history/spark-1/1/jobs/",
    headers: frontDoors(admin),
  });
  assert.ok(String(headers.location).startsWith(`${originOf(origins, log)}/`));
  assert.equal((await visit("/history/spark-1/1/jobs/", admin)).body, "the History Server's");
  for (const path of [
    "/history/spark-2/jobs/",
    "/api/v1/applications",
    "/api/v1/applications/spark-2/jobs",
    "/",
  ])
    assert.equal((await look(path, { pages: log })).statusCode, 404, path);
});

test("an open session shows nothing of an application that is deleted, or another's by now", async (context) => {
  const { look, store, history, driver } = await startScene(context);
  assert.equal((await look(`${prefix}/`)).statusCode, 200);
  const asked = driver.requests.length;
  const applications = store.db.updateTable("applications");
  await applications.set({ owner: "bob@example.test" }).execute();
  assert.equal((await look(`${prefix}/`)).statusCode, 404);
  await applications.set({ owner: visitor.name, deleted_at: 1 }).execute();
  // What the operator says of an id comes from a label of the driver's pod.
  for (const path of ["/", "/history/spark-of-word-count-1f/jobs/", "/static/webui.js"])
    assert.equal((await look(`${prefix}${path}`)).statusCode, 404, path);
  assert.deepEqual([driver.requests.length, history.requests.length], [asked, 0]);
});

test("a ticket is not used up by a look at the headers", async (context) => {
  const { ui, sessions } = await startScene(context);
  const { host } = new URL(originOf(origins, pages));
  const path = `/.session?ticket=${await sessions.issueTicket({ pages, visitor, to: `${prefix}/` })}`;
  assert.equal((await ui.inject({ method: "HEAD", url: path, headers: { host } })).statusCode, 401);
  assert.equal((await ui.inject({ url: path, headers: { host } })).statusCode, 302);
});

test("a visitor has a share of the History Server, which who has gone gives back", async (context) => {
  const waiting: ServerResponse[] = [];
  const { ui, sessions, look } = await startScene(context, {
    historyAnswer: (_request, response) => {
      if (waiting.length < 8) waiting.push(response);
      else response.end("answered");
    },
  });
  const list: Pages = { kind: "history" };
  const { host } = new URL(originOf(origins, list));
  const cookieOf = async (name: string): Promise<string> =>
    `${cookieName}=${await sessions.issueSession({ pages: list, visitor: { name, isAdmin: true } })}`;
  const [cookie, others] = [await cookieOf("root@example.test"), await cookieOf("carol@example.test")];
  await ui.listen({ host: "127.0.0.1", port: 0 });
  const bound = ui.server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const open = Array.from({ length: 8 }, () => {
    const sent = get({ host: "127.0.0.1", port: bound.port, path: "/", headers: { host, cookie } });
    return sent.on("error", () => undefined);
  });
  await eventually("all of the share is taken", () => waiting.length === 8);
  assert.equal((await look("/", { pages: list, cookie })).statusCode, 503);
  assert.equal((await look("/static/webui.js", { pages: list, cookie })).body, "answered");
  assert.equal((await look("/", { pages: list, cookie: others })).body, "answered");
  for (const each of open) each.destroy();
  for (const each of waiting) each.end("for nobody");
  await eventually("the share is free", async () => {
    const { statusCode } = await look("/", { pages: list, cookie });
    return statusCode === 200;
  });
});

test("nobody's body is waited for", async (context) => {
  const { ui } = await startScene(context);
  await ui.listen({ host: "127.0.0.1", port: 0 });
  const bound = ui.server.address();
  assert.ok(bound !== null && typeof bound === "object");
  const headers = { "content-type": "application/json", "content-length": "100" };
  const sent = request({ host: "127.0.0.1", port: bound.port, method: "POST", path: "/", headers });
  sent.on("error", () => undefined).write("{");
  const answered: readonly unknown[] = await once(sent, "response");
  const [response] = answered;
  assert.ok(response instanceof IncomingMessage);
  assert.deepEqual([response.statusCode, response.headers.connection], [405, "close"]);
  sent.destroy();
});
