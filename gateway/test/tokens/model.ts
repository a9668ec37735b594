import assert from "node:assert/strict";

import fc from "fast-check";

import type { Call } from "../../src/audit/audit.ts";
import { dayMs, secondMs } from "../../src/clock.ts";
import { Problem } from "../../src/errors/problem.ts";
import { verifyAccess } from "../../src/tokens/access.ts";
import { prune } from "../../src/tokens/prune.ts";
import { refresh } from "../../src/tokens/refresh.ts";
import { register } from "../../src/tokens/register.ts";
import { revokeFamily } from "../../src/tokens/revoke.ts";
import type { TokenPair } from "../../src/tokens/schemas.ts";
import type { Tokens } from "../../src/tokens/tokens.ts";

export const model = { accessMs: 60 * secondMs, refreshMs: 3600 * secondMs, graceMs: 60 * secondMs };

export type Step =
  | { readonly kind: "refresh" | "access"; readonly which: number }
  | { readonly kind: "clock"; readonly byMs: number }
  | { readonly kind: "register" | "revoke" | "prune" | "restart" };

const steps = [0.5, 30, 59, 60, 61, 120, 3599, 3600, 3601, 8 * 86_400].flatMap((seconds) => [
  seconds * secondMs,
  -seconds * secondMs,
]);

/** What clients, clocks, admins and restarts can do, the usual more often than the odd. */
export const anyStep: fc.Arbitrary<Step> = fc.oneof(
  // From the newest backwards: old tokens far back have little new to say.
  { weight: 40, arbitrary: fc.record({ kind: fc.constant("refresh"), which: fc.nat(3) }) },
  { weight: 15, arbitrary: fc.record({ kind: fc.constant("access"), which: fc.nat(3) }) },
  { weight: 25, arbitrary: fc.record({ kind: fc.constant("clock"), byMs: fc.constantFrom(...steps) }) },
  {
    weight: 10,
    arbitrary: fc.record({ kind: fc.constantFrom("register", "prune", "restart") }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("revoke") }) },
);

const clock = (seconds: number): Step => ({ kind: "clock", byMs: seconds * secondMs });
const refreshNewest: Step = { kind: "refresh", which: 0 };
const refreshBefore: Step = { kind: "refresh", which: 1 };
const accessNewest: Step = { kind: "access", which: 0 };
const cleanUp: Step = { kind: "prune" };

/** Stories that chance tells too seldom: clean-ups under a clock that is wrong, and clocks that return. */
export const stories: readonly (readonly Step[])[] = [
  [refreshNewest, clock(61), cleanUp, clock(-61), refreshBefore, refreshNewest],
  [clock(120), cleanUp, accessNewest, refreshNewest, accessNewest],
  [clock(3601), cleanUp, refreshNewest, clock(-3601), refreshNewest, accessNewest],
  [refreshNewest, clock(8 * 86_400), cleanUp, clock(-8 * 86_400), refreshNewest, refreshBefore, accessNewest],
  [
    refreshNewest,
    clock(-61),
    refreshBefore,
    clock(61),
    refreshBefore,
    clock(61),
    refreshBefore,
    accessNewest,
  ],
  [refreshNewest, clock(61), cleanUp, { kind: "register" }, clock(-61), { kind: "register" }],
];

/** A pair as the model remembers it: the refresh token that came, and what has happened to it since. */
interface Link {
  readonly pair: TokenPair;
  readonly issuedAt: number;
  usedAt?: number;
  /** Whether a retry can still be answered. */
  repeatable: boolean;
  refreshGone: boolean;
  accessGone: boolean;
}

const call: Call = { requestId: "model", address: "test", subject: undefined };

/** One family, as the rules in rotation.ts say in words and this says in another way, beside the real one. */
export class FamilyModel {
  readonly #registerToken: string;
  readonly #links: Link[] = [];
  readonly #registered: { at: number; repeatable: boolean };
  #revoked = false;

  private constructor(registerToken: string, first: TokenPair, at: number) {
    this.#registerToken = registerToken;
    this.#registered = { at, repeatable: true };
    this.#add(first, at);
  }

  static async start(tokens: Tokens, registerToken: string): Promise<FamilyModel> {
    return new FamilyModel(registerToken, await register(tokens, call, registerToken), tokens.now());
  }

  async refresh(tokens: Tokens, back: number): Promise<void> {
    const index = Math.max(0, this.#links.length - 1 - back);
    const link = this.#links[index];
    assert.ok(link);
    const now = tokens.now();
    const answer = await outcome(refresh(tokens, call, link.pair.refreshToken));
    const expected = this.#expectRefresh(link, now);
    if (expected === "next") {
      if (typeof answer === "string") assert.fail(`expected a new pair and got ${answer}`);
      assert.equal(index, this.#links.length - 1, "only the newest token of a family is unused");
      const known = this.#links.flatMap(({ pair }) => [pair.accessToken, pair.refreshToken]);
      assert.ok(!known.includes(answer.refreshToken) && !known.includes(answer.accessToken));
      link.usedAt = now;
      this.#add(answer, now);
    } else if (expected === "same") {
      sameTokens(answer, this.#links[index + 1]?.pair);
    } else {
      assert.equal(answer, expected);
      if (expected === "refresh-token-reused") this.#revoked = true;
    }
  }

  #expectRefresh(link: Link, now: number): string {
    if (link.refreshGone) return "token-invalid";
    if (this.#revoked) return "token-revoked";
    const expired = now >= link.issuedAt + model.refreshMs;
    if (link.usedAt === undefined) return expired ? "token-expired" : "next";
    const age = now - link.usedAt;
    if (Math.abs(age) <= model.graceMs) return link.repeatable ? "same" : "refresh-token-used";
    if (age < 0) return "refresh-token-used";
    return expired ? "token-expired" : "refresh-token-reused";
  }

  async access(tokens: Tokens, back: number): Promise<void> {
    const link = this.#links[Math.max(0, this.#links.length - 1 - back)];
    assert.ok(link);
    const age = tokens.now() - link.issuedAt;
    const answer = await outcome(verifyAccess(tokens, link.pair.accessToken));
    if (link.accessGone) assert.equal(answer, "token-invalid");
    else if (this.#revoked) assert.equal(answer, "token-revoked");
    else if (age >= model.accessMs || age < -60 * secondMs) assert.equal(answer, "token-expired");
    else
      assert.deepEqual(answer, {
        name: "modelled",
        role: "user",
        family: link.pair.family,
        namespaces: "all",
      });
  }

  async register(tokens: Tokens): Promise<void> {
    const answer = await outcome(register(tokens, call, this.#registerToken));
    const age = Math.abs(tokens.now() - this.#registered.at);
    if (this.#revoked) assert.equal(answer, "token-revoked");
    else if (age > model.graceMs || !this.#registered.repeatable) assert.equal(answer, "register-token-used");
    else sameTokens(answer, this.#links[0]?.pair);
  }

  async revoke(tokens: Tokens): Promise<void> {
    const family = this.#links[0]?.pair.family ?? "";
    const { families } = await revokeFamily(tokens, call, family, false);
    assert.equal(families, this.#revoked ? 0 : 1);
    this.#revoked = true;
  }

  async prune(tokens: Tokens): Promise<void> {
    await prune(tokens, 365 * dayMs);
    const now = tokens.now();
    for (const link of this.#links) {
      if (link.issuedAt + model.refreshMs < now - 7 * dayMs) link.refreshGone = true;
      if (link.issuedAt + model.accessMs < now - 7 * dayMs) link.accessGone = true;
      if (link.usedAt !== undefined && link.usedAt < now - model.graceMs) link.repeatable = false;
    }
    if (this.#registered.at < now - model.graceMs) this.#registered.repeatable = false;
  }

  #add(pair: TokenPair, issuedAt: number): void {
    this.#links.push({ pair, issuedAt, repeatable: true, refreshGone: false, accessGone: false });
  }
}

/** The code of the problem where something is refused. */
async function outcome<T>(answer: Promise<T>): Promise<T | string> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof Problem) return error.code;
    throw error;
  }
}

function sameTokens(answer: TokenPair | string, expected: TokenPair | undefined): void {
  if (typeof answer === "string") assert.fail(`expected the same pair again and got ${answer}`);
  assert.deepEqual(
    [answer.accessToken, answer.refreshToken],
    [expected?.accessToken, expected?.refreshToken],
  );
}
