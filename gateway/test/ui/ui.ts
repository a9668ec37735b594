import assert from "node:assert/strict";
import { test } from "node:test";

import { recordSparkRun } from "../../src/jobs/spark-runs.ts";
import type { Store } from "../../src/store/store.ts";
import { driverKey, signJws } from "../../src/ui/jws.ts";
import { cookieName } from "../../src/ui/ui.ts";
import { testOnStores } from "../support/stores.ts";
import { addApplication, addPod, admin, entrance, key, prefix, run, startScene } from "./scene.ts";

test("without the front door's signature nobody is let in, and nobody is asked", async (context) => {
  const { entry, fake, driver } = await startScene(context);
  const other = Buffer.alloc(32, "o").toString("base64url");
  const token = signJws(key, { sub: "front-door" });
  const unsigned = `${Buffer.from('{"alg":"none"}').toString("base64url")}.${token.split(".")[1] ?? ""}.`;
  for (const authorization of [
    undefined,
    "",
    token,
    `Basic ${token}`,
    `Bearer ${token.slice(0, -3)}`,
    `Bearer ${token}.`,
    `Bearer ${unsigned}`,
    `Bearer ${signJws(other, { sub: "front-door" })}`,
    `Bearer ${signJws(driverKey(key, "team-a"), { sub: "front-door" })}`,
  ]) {
    for (const url of [`${entrance}/jobs/`, "/", "/ui/", "/history/"]) {
      const { statusCode } = await entry.inject({
        url,
        headers: {
          "x-forwarded-email": "alice@example.test",
          ...(authorization !== undefined && { authorization }),
        },
      });
      assert.equal(statusCode, 403, authorization);
    }
  }
  assert.deepEqual([fake.requests, driver.requests], [[], []]);
});

testOnStores(
  "the owner and admins see the driver's pages, and nobody else learns of them",
  async (context, kind) => {
    const { visit, driver, log, fake } = await startScene(context, { kind });
    for (const visitor of [
      { email: "alice@example.test" },
      { email: "Alice@Example.Test" },
      { email: "root@example.test", groups: "data,platform" },
    ]) {
      const { statusCode, body } = await visit(`${entrance}/jobs/`, visitor);
      assert.deepEqual([statusCode, body], [200, "the driver's"], visitor.email);
    }
    assert.equal(driver.requests.length, 3);
    const asked = fake.requests.length;
    const bob = { email: "bob@example.test", groups: "data,platforms" };
    const refused = await Promise.all(
      [
        visit(`${entrance}/jobs/`, bob),
        visit(`${entrance}/jobs/`, { email: "" }),
        visit("/ui/team-a/there-is-none/", bob),
        visit("/ui/kube-system/word-count-1f/", bob),
        // Alice's application is in team-a.
        visit("/ui/team-b/word-count-1f/"),
        visit("/history/", bob),
        visit("/history/spark-1/jobs/"),
      ].map(async (answer) => {
        const { statusCode, body, headers } = await answer;
        return [statusCode, body, headers["content-type"]];
      }),
    );
    assert.equal(new Set(refused.map((each) => JSON.stringify(each))).size, 1, "all the same");
    assert.equal(refused[0]?.[0], 403);
    assert.match(String(refused[0][2]), /^text\/html/);
    assert.equal(driver.requests.length, 3);
    assert.equal(fake.requests.length, asked);
    assert.ok(log.some((line) => line.includes('"email":"bob@example.test"') && line.includes("refused")));
    assert.ok(!log.join("").includes(signJws(key, { sub: "front-door" })));
  },
);

test("what a stack made is for admins, and what is not there is told to them alone", async (context) => {
  const { visit, fake } = await startScene(context);
  run(fake, "nightly");
  run(fake, "nightly", {}, "kube-system");
  assert.equal((await visit("/ui/team-a/nightly/")).statusCode, 403);
  assert.equal((await visit("/ui/team-a/nightly/", admin)).statusCode, 200);
  for (const path of [
    "/ui/team-a/none/",
    "/ui/kube-system/nightly/",
    "/ui/team-a/a%2C b/",
    "/ui/__proto__/nightly/",
    "/ui/team-a/",
    "/elsewhere/",
    "/history//evil.test/",
    "/history/..%2fui/team-a/nightly/",
    "/ui/team-a/nightly/..%2fother/",
  ])
    assert.equal((await visit(path, admin)).statusCode, 404, path);
});

test("redirects stay below the prefix, and what leads elsewhere leads nowhere", async (context) => {
  let location = "";
  const { look, driver } = await startScene(context, {
    answer: (_request, response) => response.writeHead(302, { location }).end(),
  });
  const moved = async (to: string): Promise<unknown> => {
    location = to;
    return (await look(`${prefix}/`)).headers.location;
  };
  assert.equal(await moved("/jobs/?a=1#b"), `${prefix}/jobs/?a=1#b`);
  assert.equal(await moved(`${driver.url}/SQL/`), `${prefix}/SQL/`);
  assert.equal(await moved("stages/"), `${prefix}/stages/`);
  assert.equal(await moved(`${prefix}/jobs/`), `${prefix}/jobs/`);
  assert.equal(await moved(`${prefix}/../other/`), `${prefix}/other/`);
  assert.equal(await moved("/.//evil.test/"), `${prefix}/evil.test/`);
  for (const out of [
    "https://evil.test/",
    "//evil.test/",
    "javascript:alert(1)",
    "http://[",
    "\\\\evil.test",
  ])
    assert.equal(await moved(out), undefined, out);
});

test("a driver's pages stay at their origin, whatever the driver says", async (context) => {
  const { look } = await startScene(context, {
    answer: (_request, response) =>
      response
        .writeHead(200, {
          "content-type": "text/html",
          "set-cookie": `${cookieName}=forged; Path=/; Secure`,
          "content-security-policy": "script-src 'nonce-1'",
          "service-worker-allowed": "/",
          "clear-site-data": '"*"',
          "access-control-allow-origin": "*",
          refresh: "0;url=https://evil.test",
        })
        .end("<p>"),
  });
  const { headers } = await look(`${prefix}/`);
  for (const name of [
    "set-cookie",
    "service-worker-allowed",
    "clear-site-data",
    "access-control-allow-origin",
    "refresh",
  ])
    assert.equal(headers[name], undefined, name);
  const own = headers["content-security-policy"];
  const policy = new Map(
    String(own)
      .split("; ")
      .map((each) => [each.split(" ", 1)[0], each]),
  );
  assert.equal(policy.get("default-src"), "default-src 'self' data: 'unsafe-inline' 'unsafe-eval'");
  assert.equal(policy.get("form-action"), "form-action 'self'");
  for (const closed of ["frame-src", "worker-src", "object-src", "base-uri", "frame-ancestors"])
    assert.equal(policy.get(closed), `${closed} 'none'`);
  assert.doesNotMatch(policy.get("sandbox") ?? "allow-popups", /allow-popups|allow-top/);
  assert.equal(headers["cross-origin-opener-policy"], "same-origin");
  assert.equal(headers["cross-origin-resource-policy"], "same-origin");
});

test("nothing is changed through it: other methods, killing, and paths that servers may read in two ways", async (context) => {
  const { look, driver, statusOf } = await startScene(context);
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] as const) {
    const { statusCode, headers } = await look(`${prefix}/jobs/`, { method });
    assert.deepEqual([statusCode, headers.allow], [405, "GET, HEAD"], method);
  }
  for (const path of ["/jobs/job/kill/?id=1", "/jobs/job/kill?id=1", "/stages/stage/kill/?id=1"])
    assert.equal((await look(`${prefix}${path}`)).statusCode, 403, path);
  // Over a socket: clients that are well-behaved put such paths right before they send them.
  for (const path of [
    "/jobs/job/%6bill/",
    "//jobs/job/kill/",
    "/jobs;a/job/kill/",
    "/a//b",
    "/a\\b",
    "/%2e%2e/x",
    "/x%2f..%2fy",
    "/x/../jobs/job/kill/",
    "/./jobs/job/kill/",
    "/..",
  ])
    assert.ok([403, 404].includes(await statusOf(`${prefix}${path}`)), path);
  assert.equal(driver.requests.length, 0);
  assert.equal((await look(`${prefix}/jobs/`, { method: "HEAD" })).statusCode, 200);
  assert.deepEqual(
    driver.requests.map(({ method }) => method),
    ["HEAD"],
  );
});

test("once it has ended, its pages are the History Server's at the same origin, also when the cluster has forgotten it", async (context) => {
  const { visit, look, history, fake, store, clock } = await startScene(context);
  await ran(store, "word-count-1f", "spark-of-word-count-1f");
  const end = (state: string): void => {
    clock.now += 10_000;
    fake.objects.setStatus("sparkapplications", "team-a", "word-count-1f", { applicationState: { state } });
    addPod(fake, "word-count-1f-driver", "word-count-1f", { phase: "Succeeded", podIP: "10.1.2.3" });
  };
  await store.db.updateTable("applications").set({ ended_at: 1 }).execute();
  end("COMPLETED");
  const { statusCode, headers } = await look(`${prefix}/jobs/?a=1`);
  const below = `${prefix}/history/spark-of-word-count-1f`;
  assert.deepEqual([statusCode, headers.location], [302, `${below}/jobs/?a=1`]);
  assert.equal((await visit(`${entrance}/stages/`)).body, "the History Server's");
  const asked = history.requests[0];
  assert.equal(asked?.url, "/history/spark-of-word-count-1f/stages/");
  assert.equal(asked.headers["x-forwarded-context"], prefix);
  for (const path of ["/static/webui.js", "/api/v1/applications/spark-of-word-count-1f/allexecutors"])
    assert.equal((await look(`${prefix}${path}`)).body, "the History Server's", path);
  for (const [id, state, words, more] of [
    ["old", "SUCCEEDED", /the History Server's/, { ended_at: 1 }],
    ["failed", "FAILED", /Never ran/, { ended_at: 1 }],
    ["queued", "QUEUED", /Not started yet/, {}],
  ] as const) {
    await addApplication(store, id, "alice@example.test", { state, ...more });
    if (id === "old") await ran(store, id, "spark-1");
    assert.match((await visit(`/ui/team-a/${id}/`)).body, words, id);
  }
});

test("an application has its own event log alone, whatever id its driver's pod says", async (context) => {
  const { look, visit, history, fake, store, clock } = await startScene(context);
  await ran(store, "word-count-1f", "spark-first");
  await ran(store, "word-count-1f", "spark-own");
  await store.db.updateTable("applications").set({ ended_at: 1 }).execute();
  fake.objects.setStatus("sparkapplications", "team-a", "word-count-1f", {
    applicationState: { state: "COMPLETED" },
    sparkApplicationId: "spark-of-another",
  });
  addPod(fake, "word-count-1f-driver", "word-count-1f", { phase: "Succeeded", podIP: "10.1.2.3" });
  clock.now += 10_000;
  assert.match(String((await look(`${prefix}/`)).headers.location), /\/history\/spark-own\/$/);
  for (const path of [
    "/history/spark-of-another/jobs/",
    "/history/spark-own-2/jobs/",
    "/history/",
    "/api/v1/applications/spark-of-another/jobs",
    "/api/v1/applications/spark-of-another/logs",
    "/static/",
    "/logPage/",
  ]) {
    const { statusCode, headers } = await look(`${prefix}${path}`);
    // What is no page of the History Server's is looked for below the log's own.
    assert.ok(
      statusCode === 404 || String(headers.location).startsWith(`${prefix}/history/spark-own/`),
      `${path}: ${statusCode}`,
    );
  }
  assert.equal((await visit("/history/spark-of-another/jobs/")).statusCode, 403);
  assert.equal(history.requests.length, 0);
  assert.equal((await look(`${prefix}/history/spark-first/jobs/`)).body, "the History Server's");
});

/** Writes down a run of an application. */
function ran({ db }: Store, id: string, sparkId: string): Promise<unknown> {
  return recordSparkRun(db, id, { sparkId, submissionId: `submission-of-${sparkId}` });
}
