import assert from "node:assert/strict";
import { test } from "node:test";

import { driverKey, signJws } from "../../src/ui/jws.ts";
import { testOnStores } from "../support/stores.ts";
import { addApplication, addPod, historyUrl, key, run, sparks, startScene } from "./scene.ts";

test("without the front door's signature nothing is answered, and nobody is asked", async (context) => {
  const { ui, fake, driver } = await startScene(context);
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
    for (const url of [`${sparks}/jobs/`, "/", "/ui/"]) {
      const { statusCode } = await ui.inject({
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
    const { look, driver, log, fake } = await startScene(context, { kind });
    for (const visitor of [
      { email: "alice@example.test" },
      { email: "Alice@Example.Test" },
      { email: "root@example.test", groups: "data,platform" },
    ]) {
      const { statusCode, body } = await look(`${sparks}/jobs/`, visitor);
      assert.deepEqual([statusCode, body], [200, "the driver's"], visitor.email);
    }
    assert.equal(driver.requests.length, 3);
    const asked = fake.requests.length;
    const refused = await Promise.all(
      [
        look(`${sparks}/jobs/`, { email: "bob@example.test", groups: "data,platforms" }),
        look(`${sparks}/jobs/`, { email: "" }),
        look("/ui/team-a/there-is-none/", { email: "bob@example.test" }),
        look("/ui/kube-system/word-count-1f/", { email: "bob@example.test" }),
        // Alice's application is in team-a.
        look("/ui/team-b/word-count-1f/"),
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
  const { look, fake } = await startScene(context);
  run(fake, "nightly");
  const admin = { email: "root@example.test", groups: "platform" };
  run(fake, "nightly", {}, "kube-system");
  assert.equal((await look("/ui/team-a/nightly/")).statusCode, 403);
  assert.equal((await look("/ui/team-a/nightly/", admin)).statusCode, 200);
  for (const path of [
    "/ui/team-a/none/",
    "/ui/kube-system/nightly/",
    "/ui/team-a/a%2C b/",
    "/ui/__proto__/nightly/",
  ])
    assert.equal((await look(path, admin)).statusCode, 404, path);
});

test("redirects stay below the prefix, and what leads elsewhere leads nowhere", async (context) => {
  let location = "";
  const { look, driver } = await startScene(context, {
    answer: (_request, response) => response.writeHead(302, { location }).end(),
  });
  const moved = async (to: string): Promise<unknown> => {
    location = to;
    return (await look(`${sparks}/`)).headers.location;
  };
  assert.equal(await moved("/jobs/?a=1#b"), `${sparks}/jobs/?a=1#b`);
  assert.equal(await moved(`${driver.url}/SQL/`), `${sparks}/SQL/`);
  assert.equal(await moved("stages/"), `${sparks}/stages/`);
  assert.equal(await moved(`${sparks}/jobs/`), `${sparks}/jobs/`);
  assert.equal(await moved(`${sparks}/../other/`), "/ui/team-a/word-count-1f/ui/team-a/other/");
  for (const out of [
    "https://evil.test/",
    "//evil.test/",
    "javascript:alert(1)",
    "http://[",
    "\\\\evil.test",
  ])
    assert.equal(await moved(out), undefined, out);
});

test("a driver's pages reach their own application alone, whatever the driver says", async (context) => {
  const { look } = await startScene(context, {
    answer: (_request, response) =>
      response
        .writeHead(200, {
          "content-type": "text/html",
          "set-cookie": "__Host-spark=forged; Path=/; Secure",
          "content-security-policy": "script-src 'nonce-1'",
          "service-worker-allowed": "/",
          "clear-site-data": '"*"',
          "access-control-allow-origin": "*",
          refresh: "0;url=https://evil.test",
        })
        .end("<p>"),
  });
  const { headers } = await look(`${sparks}/`);
  for (const name of [
    "set-cookie",
    "service-worker-allowed",
    "clear-site-data",
    "access-control-allow-origin",
    "refresh",
  ])
    assert.equal(headers[name], undefined, name);
  const [own, theirs] = [headers["content-security-policy"] ?? ""].flat();
  const policy = new Map(
    String(own)
      .split("; ")
      .map((each) => [each.split(" ", 1)[0], each]),
  );
  assert.equal(theirs, "script-src 'nonce-1'");
  assert.equal(
    policy.get("default-src"),
    `default-src ${historyUrl}${sparks}/ data: 'unsafe-inline' 'unsafe-eval'`,
  );
  assert.equal(policy.get("form-action"), `form-action ${historyUrl}${sparks}/`);
  for (const closed of ["frame-src", "worker-src", "object-src", "base-uri", "frame-ancestors"])
    assert.equal(policy.get(closed), `${closed} 'none'`);
  assert.doesNotMatch(policy.get("sandbox") ?? "allow-popups", /allow-popups|allow-top/);
  assert.equal(headers["cross-origin-opener-policy"], "noopener-allow-popups");
});

test("nothing is changed through it: other methods, killing, and paths that servers may read in two ways", async (context) => {
  const { look, driver, statusOf } = await startScene(context);
  for (const method of ["POST", "PUT", "DELETE", "PATCH", "OPTIONS"] as const) {
    const { statusCode, headers } = await look(`${sparks}/jobs/`, { method });
    assert.deepEqual([statusCode, headers.allow], [405, "GET, HEAD"], method);
  }
  for (const path of ["/jobs/job/kill/?id=1", "/jobs/job/kill?id=1", "/stages/stage/kill/?id=1"])
    assert.equal((await look(`${sparks}${path}`)).statusCode, 403, path);
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
  ])
    assert.ok([403, 404].includes(await statusOf(`${sparks}${path}`)), path);
  assert.equal(driver.requests.length, 0);
  assert.equal((await look(`${sparks}/jobs/`, { method: "HEAD" })).statusCode, 200);
  assert.deepEqual(
    driver.requests.map(({ method }) => method),
    ["HEAD"],
  );
  assert.equal((await look(sparks)).headers.location, `${sparks}/`);
});

test("once it has ended, the reader is sent to the History Server, also when the cluster has forgotten it", async (context) => {
  const { look, fake, store, clock } = await startScene(context);
  const end = (state: string): void => {
    clock.now += 10_000;
    fake.objects.setStatus("sparkapplications", "team-a", "word-count-1f", { applicationState: { state } });
    addPod(fake, "word-count-1f-driver", "word-count-1f", { phase: "Succeeded", podIP: "10.1.2.3" });
  };
  end("COMPLETED");
  const { statusCode, headers } = await look(`${sparks}/jobs/`);
  assert.deepEqual([statusCode, headers.location], [302, `${historyUrl}/history/spark-of-word-count-1f/`]);
  await addApplication(store, "old", "alice@example.test", {
    state: "SUCCEEDED",
    ended_at: 1,
    spark_id: "spark-1",
  });
  assert.equal((await look("/ui/team-a/old/")).headers.location, `${historyUrl}/history/spark-1/`);
  await addApplication(store, "failed", "alice@example.test", { state: "FAILED", ended_at: 1 });
  assert.match((await look("/ui/team-a/failed/")).body, /never ran/);
  await addApplication(store, "queued", "alice@example.test", { state: "QUEUED" });
  assert.match((await look("/ui/team-a/queued/")).body, /has not started/);
});
