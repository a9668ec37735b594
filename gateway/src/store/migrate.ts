import type { Kysely } from "kysely";
import { Migrator } from "kysely/migration";

import * as tokens from "./migrations/0001-tokens.ts";
import * as applications from "./migrations/0002-applications.ts";
import * as archiveRemovals from "./migrations/0003-archive-removals.ts";
import * as identities from "./migrations/0004-identities.ts";
import * as sparkRuns from "./migrations/0005-spark-runs.ts";
import * as tokenNamespaces from "./migrations/0006-token-namespaces.ts";
import * as spentManifests from "./migrations/0007-spent-manifests.ts";
import type { StoreKind } from "./store.ts";
import type { Tables } from "./tables.ts";

/** Every migration, by a name that sorts in the order in which they run. */
const migrations = {
  "0001-tokens": tokens,
  "0002-applications": applications,
  "0003-archive-removals": archiveRemovals,
  "0004-identities": identities,
  "0005-spark-runs": sparkRuns,
  "0006-token-namespaces": tokenNamespaces,
  "0007-spent-manifests": spentManifests,
};

/**
 * Brings the tables up to date. All or nothing, and by one gateway at a time: on PostgreSQL under a lock of its own, on
 * SQLite because the file has one writer. A store that a newer gateway has changed is refused.
 */
export async function migrate(db: Kysely<Tables>, kind: StoreKind): Promise<void> {
  const migrator = new Migrator({
    db,
    provider: {
      getMigrations: () =>
        Promise.resolve(
          Object.fromEntries(
            Object.entries(migrations).map(([name, { up }]) => [
              name,
              { up: (transaction: Kysely<unknown>) => up(transaction, kind) },
            ]),
          ),
        ),
    },
  });
  const { error } = await migrator.migrateToLatest();
  if (error !== undefined)
    throw new Error("the store's tables could not be brought up to date", { cause: error });
}
