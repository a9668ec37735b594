import fc from "fast-check";

import { openStore } from "../../src/store/store.ts";
import { newRow } from "../../src/tokens/register-tokens.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import type { Tokens } from "../../src/tokens/tokens.ts";
import { newLocation, testOnStores } from "../support/stores.ts";
import { anyStep, FamilyModel, model, stories, type Step } from "./model.ts";

testOnStores(
  "whatever clients, clocks and restarts do, a family is what its rules say",
  async (context, kind) => {
    const location = await newLocation(context, kind);
    let store = await openStore(location, () => undefined);
    context.after(() => store.close());
    const start = Date.UTC(2026, 10, 24);
    const clock = { now: start };
    const tokens = (): Tokens => ({ store, now: () => clock.now, graceMs: model.graceMs });

    const apply = async (family: FamilyModel, step: Step): Promise<void> => {
      switch (step.kind) {
        case "refresh":
          return family.refresh(tokens(), step.which);
        case "access":
          return family.access(tokens(), step.which);
        case "register":
          return family.register(tokens());
        case "revoke":
          return family.revoke(tokens());
        case "prune":
          return family.prune(tokens());
        case "clock":
          clock.now += step.byMs;
          return;
        case "restart":
          await store.close();
          store = await openStore(location, () => undefined);
      }
    };

    await fc.assert(
      fc.asyncProperty(fc.array(anyStep, { maxLength: 30 }), async (steps) => {
        clock.now = start;
        const registerToken = mintToken("register");
        const row = newRow({
          hash: hashToken(registerToken),
          client_name: "modelled",
          role: "user",
          namespaces: null,
          access_seconds: model.accessMs / 1000,
          refresh_seconds: model.refreshMs / 1000,
          created_at: clock.now,
          created_by: "test",
          created_by_family: null,
          expires_at: null,
        });
        await store.db.insertInto("register_tokens").values(row).execute();
        const family = await FamilyModel.start(tokens(), registerToken);
        for (const step of steps) await apply(family, step);
      }),
      { numRuns: kind === "sqlite" ? 300 : 60, examples: stories.map((steps) => [[...steps]]) },
    );
  },
);
