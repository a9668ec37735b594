import assert from "node:assert/strict";
import { test } from "node:test";

import { driverKey, isSignedBy } from "../../src/ui/jws.ts";
import { addPod, key, prefix, startScene } from "./scene.ts";

test("a driver gets the gateway's signature for its namespace, where its pages are, and nothing of the visitor", async (context) => {
  const { look, driver } = await startScene(context);
  const headers = {
    "x-forwarded-user": "4711",
    "x-forwarded-context": "/evil",
    range: "bytes=0-1",
  };
  await look(`${prefix}/jobs/job/?id=7&attempt=%2F0`, { headers: { ...headers, accept: "text/html" } });
  const [request] = driver.requests;
  assert.equal(request?.url, "/jobs/job/?id=7&attempt=%2F0");
  const { authorization, host, connection, ...rest } = request.headers;
  const token = authorization?.replace("Bearer ", "") ?? "";
  assert.ok(isSignedBy(driverKey(key, "team-a"), token));
  assert.ok(!isSignedBy(driverKey(key, "team-b"), token) && !isSignedBy(key, token));
  assert.equal(`http://${host ?? ""}`, driver.url);
  assert.equal(connection, "keep-alive");
  assert.deepEqual(rest, { accept: "text/html", "x-forwarded-context": prefix });
});

test("the driver is the pod that the operator names, by the address of its status", async (context) => {
  const { look, fake, clock, driver } = await startScene(context);
  // A job's own, which the cluster lists first.
  fake.objects.remove("pods", "team-a", "word-count-1f-driver");
  addPod(fake, "another-pod", "word-count-1f", { phase: "Running", podIP: "10.9.9.9" });
  addPod(fake, "word-count-1f-driver", "word-count-1f", { phase: "Running", podIP: "10.1.2.3" });
  assert.equal((await look(`${prefix}/`)).body, "the driver's");
  for (const status of [
    { phase: "Pending" },
    { phase: "Running" },
    { phase: "Running", podIP: "evil.test" },
    { phase: "Succeeded", podIP: "10.1.2.3" },
  ]) {
    clock.now += 10_000;
    addPod(fake, "word-count-1f-driver", "word-count-1f", status);
    const { statusCode, body } = await look(`${prefix}/`);
    assert.equal(statusCode, 404);
    assert.match(body, /Not started yet/);
  }
  assert.equal(driver.requests.length, 1);
});

test("a page with many files asks the cluster once, and a refusal is not remembered", async (context) => {
  const { look, fake, clock } = await startScene(context);
  fake.fault = () => ({ status: 500, message: "no" });
  assert.equal((await look(`${prefix}/`)).statusCode, 503);
  fake.fault = () => undefined;
  const before = fake.requests.length;
  await Promise.all(Array.from({ length: 30 }, () => look(`${prefix}/static/webui.css`)));
  assert.equal(fake.requests.length - before, 2);
  clock.now += 10_000;
  await look(`${prefix}/`);
  assert.equal(fake.requests.length - before, 4);
});

test("a driver that does not answer is told of, once asked", async (context) => {
  const { look, driver } = await startScene(context, { answer: (request) => void request.socket.destroy() });
  const { statusCode, body } = await look(`${prefix}/`);
  assert.equal(statusCode, 502);
  assert.match(body, /does not answer/);
  assert.equal(driver.requests.length, 1);
});

test("a driver's own refusals and faults are passed on, once asked", async (context) => {
  const { look, driver } = await startScene(context, {
    answer: (_request, response) => response.writeHead(503, { "retry-after": "1" }).end("busy"),
  });
  assert.deepEqual([(await look(`${prefix}/`)).statusCode, driver.requests.length], [503, 1]);
});
