import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { writeFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import { test } from "node:test";
import { setTimeout as sleep } from "node:timers/promises";

import { mintToken } from "../../src/tokens/token.ts";
import { newLocation } from "../support/stores.ts";
import { environmentOf, registerAt, runToEnd, send, startProcess } from "./gateway-process.ts";

test("a gateway that is told to stop finishes the requests it has, takes no others, and ends well", async (context) => {
  const environment = environmentOf(await newLocation(context, "sqlite"));
  const gateway = await startProcess(context, environment);
  const { hostname, port } = new URL(gateway.api);
  // An idle connection, which must not hold the end up.
  assert.equal((await send(`${gateway.api}/healthz`)).status, 200);
  const body = JSON.stringify({ refreshToken: mintToken("refresh") });
  const socket = connect(Number(port), hostname);
  await once(socket, "connect");
  const headers = [`host: ${hostname}`, "content-type: application/json", `content-length: ${body.length}`];
  socket.write(`POST /v1/tokens/refresh HTTP/1.1\r\n${headers.join("\r\n")}\r\n\r\n${body.slice(0, 10)}`);
  // The gateway has the beginning once it answers a request that came after it.
  await send(`${gateway.api}/healthz`);
  gateway.child.kill("SIGTERM");
  while (await accepts(Number(port), hostname)) await sleep(20);
  socket.write(body.slice(10));
  const chunks: string[] = [];
  for await (const chunk of socket.setEncoding("utf8")) chunks.push(String(chunk));
  assert.match(chunks.join(""), /^HTTP\/1\.1 401 [^]*"code":"token-invalid"/);
  assert.equal(await gateway.ended, 0);
  assert.ok(gateway.log.at(-1)?.includes('"stopped"'), gateway.log.at(-1));
});

test("the first admin's hash can come from a file, metrics have their own port, and all of it outlives a restart", async (context) => {
  const location = await newLocation(context, "sqlite");
  assert.ok(location.kind === "sqlite");
  const registerToken = mintToken("register");
  const file = join(location.file, "..", "hash");
  writeFileSync(file, `${createHash("sha256").update(registerToken).digest("hex")}\n`);
  const environment = { ...environmentOf(location), BOOTSTRAP_TOKEN_SHA256_FILE: file };
  const first = await startProcess(context, environment);
  const { accessToken: token } = await registerAt(first, registerToken);
  assert.match(
    String((await send(`${first.metrics}/metrics`)).body),
    /^spark_gateway_request_duration_seconds_count/m,
  );
  assert.match(String((await send(`${first.metrics}/metrics`)).body), /^process_cpu_seconds_total/m);
  assert.equal((await send(`${first.metrics}/v1/whoami`, { token })).status, 404);
  assert.equal((await send(`${first.api}/metrics`)).status, 404);
  first.child.kill("SIGKILL");
  await first.ended;
  const second = await startProcess(context, environment);
  assert.equal((await send(`${second.api}/v1/whoami`, { token })).status, 200);
  assert.ok(
    ![...first.log, ...second.log].some((line) => line.includes(token) || line.includes(registerToken)),
  );
});

test("an environment that is not right ends with a code of its own, and says all that is wrong", async () => {
  const { end, output } = await runToEnd({ API_ADDRESS: "nowhere", LOG_LEVEL: "loud" });
  assert.equal(end, 2);
  assert.match(output, /^the gateway's environment is not right, 2 problems:\n {2}API_ADDRESS: /);
});

test("a store that cannot be had ends the start", async () => {
  const { end, output } = await runToEnd({ DATABASE_URL: "postgres://gateway@127.0.0.1:1/none" });
  assert.equal(end, 1);
  assert.match(output, /ECONNREFUSED/);
});

async function accepts(port: number, host: string): Promise<boolean> {
  const socket = connect(port, host);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
