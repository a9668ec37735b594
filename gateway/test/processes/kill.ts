import assert from "node:assert/strict";
import { once } from "node:events";

import { openStore } from "../../src/store/store.ts";
import { verifyAccess } from "../../src/tokens/access.ts";
import { refresh } from "../../src/tokens/refresh.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import type { Tokens } from "../../src/tokens/tokens.ts";
import { newLocation, testOnStores } from "../support/stores.ts";
import { environmentOf, registerAt, send, startProcess } from "./gateway-process.ts";

const dieAt = new URL("die-at.ts", import.meta.url);

testOnStores(
  "a gateway that is killed at any step of a rotation leaves a token that still works",
  async (context, kind) => {
    const location = await newLocation(context, kind);
    const registerToken = mintToken("register");
    const environment = { ...environmentOf(location), BOOTSTRAP_TOKEN_SHA256: hashToken(registerToken) };
    let refreshToken: string | undefined;
    let step = 1;
    for (; ; step++) {
      const gateway = await startProcess(context, environment, dieAt);
      refreshToken ??= (await registerAt(gateway, registerToken)).refreshToken;
      gateway.child.send({ dieAt: step });
      await once(gateway.child, "message");
      const answer = await send(`${gateway.api}/v1/tokens/refresh`, { body: { refreshToken } }).catch(
        () => undefined,
      );
      const survived = answer?.status === 200;
      gateway.child.kill("SIGKILL");
      assert.equal(await gateway.ended, "SIGKILL");
      // The next gateway, of which only the store matters: the client asks again with what it has.
      const store = await openStore(location, () => undefined);
      const tokens: Tokens = { store, now: Date.now, graceMs: 60_000 };
      const call = { requestId: "retry", address: "test", subject: undefined };
      const retried = await refresh(tokens, call, refreshToken);
      assert.equal((await verifyAccess(tokens, retried.accessToken)).family, retried.family);
      ({ refreshToken } = await refresh(tokens, call, retried.refreshToken));
      const unused = await store.db
        .selectFrom("refresh_tokens")
        .select("hash")
        .where("used_at", "is", null)
        .execute();
      assert.deepEqual(
        unused.map(({ hash }) => hash),
        [hashToken(refreshToken)],
        `step ${step}: the family has not branched`,
      );
      await store.close();
      if (survived) break;
    }
    // Begin, at least six statements, commit, the answer.
    assert.ok(step > 9, `only ${step} steps were seen`);
  },
);
