import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { TestContext } from "node:test";
import { fileURLToPath } from "node:url";

import { at, listAt, numberAt, parseJson } from "../../../local/kube/json.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import { pairOf, type Answer } from "../support/gateway.ts";
import { newLocation, testOnStores } from "../support/stores.ts";
import { environmentOf, registerAt, send, startProcess } from "./gateway-process.ts";

const program = fileURLToPath(new URL("refresh-client.ts", import.meta.url));

interface Client {
  readonly ask: (wish: { readonly url: string; readonly refreshToken: string }) => Promise<Answer>;
}

async function startClient(context: TestContext): Promise<Client> {
  const child = spawn(process.execPath, [program], { stdio: ["pipe", "pipe", "inherit"] });
  const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
  const next = async (): Promise<string> => String((await lines.next()).value);
  context.after(async () => {
    const ended = once(child, "exit");
    child.stdin.end();
    await ended;
  });
  assert.equal(await next(), "ready");
  return {
    ask: async (wish) => {
      child.stdin.write(`${JSON.stringify(wish)}\n`);
      const answer = parseJson(await next());
      return { status: numberAt(answer, "status") ?? 0, body: at(answer, "body"), headers: {} };
    },
  };
}

testOnStores(
  "20 processes that refresh with one token at once all get the same pair, time and again, and no alarm",
  async (context, kind) => {
    const location = await newLocation(context, kind);
    const registerToken = mintToken("register");
    const environment = { ...environmentOf(location), BOOTSTRAP_TOKEN_SHA256: hashToken(registerToken) };
    // PostgreSQL is there for more than one gateway.
    const gateways = await Promise.all(
      Array.from({ length: kind === "postgres" ? 2 : 1 }, () => startProcess(context, environment)),
    );
    const [first] = gateways;
    assert.ok(first);
    const clients = await Promise.all(Array.from({ length: 20 }, () => startClient(context)));
    let pair = await registerAt(first, registerToken);
    for (let round = 0; round < 3; round++) {
      const { refreshToken } = pair;
      const answers: readonly Answer[] = await Promise.all(
        clients.map(({ ask }, index) => {
          const { api } = gateways[index % gateways.length] ?? first;
          return ask({ url: `${api}/v1/tokens/refresh`, refreshToken });
        }),
      );
      const pairs = answers.map(pairOf);
      assert.equal(new Set(pairs.map((each) => JSON.stringify(each))).size, 1);
      pair = pairs[0] ?? pair;
      for (const { api } of gateways) {
        assert.equal((await send(`${api}/v1/whoami`, { token: pair.accessToken })).status, 200);
      }
    }
    const { body } = await send(`${first.api}/v1/audit?limit=200`, { token: pair.accessToken });
    const refreshes = listAt(body, "items").filter((item) => at(item, "action") === "tokens:refresh");
    const count = (detail: string): number =>
      refreshes.filter((item) => at(item, "detail") === detail).length;
    assert.deepEqual([count("rotated"), count("repeated"), refreshes.length], [3, 57, 60]);
  },
);
