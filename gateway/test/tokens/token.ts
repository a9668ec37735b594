import assert from "node:assert/strict";
import { test } from "node:test";

import { deriveToken, hashToken, kindOf, mintNonce, mintToken } from "../../src/tokens/token.ts";

const kinds = ["register", "refresh", "access"] as const;

test("a token tells its kind, and nothing else passes for one", () => {
  for (const kind of kinds) {
    const token = mintToken(kind);
    assert.equal(kindOf(token), kind);
    assert.match(token, /^spt_(reg|ref|acc)_[\w-]{43}$/);
    for (const wrong of [
      token.slice(0, -1),
      `${token}a`,
      `${token}\n`,
      ` ${token}`,
      token.replace("spt_", "spt-"),
    ]) {
      assert.equal(kindOf(wrong), undefined, wrong);
    }
  }
  assert.notEqual(mintToken("access"), mintToken("access"));
});

test("a successor depends on the token, the nonce and the kind, and on nothing else", () => {
  const [token, other] = [mintToken("refresh"), mintToken("refresh")];
  const [nonce, otherNonce] = [mintNonce(), mintNonce()];
  const successor = deriveToken("refresh", token, nonce);
  assert.equal(kindOf(successor), "refresh");
  assert.equal(deriveToken("refresh", token, nonce), successor);
  const others = [
    deriveToken("refresh", other, nonce),
    deriveToken("refresh", token, otherNonce),
    deriveToken("access", token, nonce).replace("spt_acc_", "spt_ref_"),
  ];
  assert.equal(new Set([successor, ...others]).size, 4);
});

test("the hash is SHA-256 of the whole token, so that the stack can make it without the gateway", () => {
  assert.equal(
    hashToken("spt_reg_AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"),
    "ca1e652f7cba351e5d5379b32ac94d26f62077462209d4b964684e1e8cf25bf3",
  );
});
