import type { Kysely } from "kysely";

import { secondMs } from "../clock.ts";
import type { LeaseRow } from "../store/application-tables.ts";
import type { Tables } from "../store/tables.ts";

/** A sign of life, or a look at another's, comes this often. */
export const renewEveryMs = 5 * secondMs;
/** A holder whose sign of life has stood still for so long, as seen by one observer, has lost the lease. */
const staleMs = 15 * secondMs;
/** A holder that could not give a sign of life for so long stops: before anybody can have taken over. */
const heldMs = staleMs - 3 * secondMs;

/**
 * The right to do something alone, as a row in the store. No two clocks are ever compared: an observer measures, on its
 * own, how long the term that it sees has been standing still. A holder counts from before it asked, an observer from
 * after it saw, so that the holder always stops first. Another takes over 25 s after the last sign of life at the latest:
 * 5 until it is seen, 15 of standing still, 5 until the next look.
 */
export class Lease {
  readonly #db: Kysely<Tables>;
  readonly #name: string;
  readonly #holder: string;
  readonly #elapsed: () => number;
  #seen: { readonly row: LeaseRow; readonly at: number } | undefined;
  /** The term that is ours, and until when that is sure. */
  #own: { readonly term: number; readonly until: number } | undefined;

  /** `holder`: an id that no other has. `elapsed`: milliseconds of a clock that never steps. */
  constructor(db: Kysely<Tables>, name: string, holder: string, elapsed: () => number) {
    this.#db = db;
    this.#name = name;
    this.#holder = holder;
    this.#elapsed = elapsed;
  }

  /** How long it is still sure to be ours, in milliseconds; 0 where it is not. */
  heldForMs(): number {
    return this.#own === undefined ? 0 : Math.max(0, this.#own.until - this.#elapsed());
  }

  /** Gives a sign of life, takes over, or looks. @throws the store's error, which changes nothing of what was sure. */
  async tick(): Promise<void> {
    const asked = this.#elapsed();
    if (this.#own !== undefined) {
      const { term } = this.#own;
      // Also where the time is over: nobody has taken it as long as the term stands.
      const renewed = await this.#advance({ holder: this.#holder, term });
      this.#own = renewed ? { term: term + 1, until: asked + heldMs } : undefined;
      if (renewed) return;
    }
    const row = await this.#read();
    if (row === undefined) {
      if (await this.#insert()) this.#own = { term: 1, until: asked + heldMs };
      return;
    }
    if (this.#seen?.row.holder !== row.holder || this.#seen.row.term !== row.term) {
      this.#seen = { row, at: this.#elapsed() };
    } else if (asked - this.#seen.at >= staleMs && (await this.#advance(row))) {
      this.#own = { term: row.term + 1, until: asked + heldMs };
    }
  }

  /** Hands it back, so that another need not wait. */
  async release(): Promise<void> {
    if (this.#own === undefined) return;
    const { term } = this.#own;
    this.#own = undefined;
    await this.#db
      .deleteFrom("leases")
      .where("name", "=", this.#name)
      .where("holder", "=", this.#holder)
      .where("term", "=", term)
      .execute();
  }

  #read(): Promise<LeaseRow | undefined> {
    return this.#db.selectFrom("leases").selectAll().where("name", "=", this.#name).executeTakeFirst();
  }

  async #insert(): Promise<boolean> {
    const row = await this.#db
      .insertInto("leases")
      .values({ name: this.#name, holder: this.#holder, term: 1 })
      .onConflict((conflict) => conflict.column("name").doNothing())
      .returning("term")
      .executeTakeFirst();
    return row !== undefined;
  }

  /** Of several at once, one succeeds. */
  async #advance({ holder, term }: Pick<LeaseRow, "holder" | "term">): Promise<boolean> {
    const row = await this.#db
      .updateTable("leases")
      .set({ holder: this.#holder, term: term + 1 })
      .where("name", "=", this.#name)
      .where("holder", "=", holder)
      .where("term", "=", term)
      .returning("term")
      .executeTakeFirst();
    return row !== undefined;
  }
}
