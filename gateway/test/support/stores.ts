import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { test, type TestContext } from "node:test";

import { openStore, type Store, type StoreKind, type StoreLocation } from "../../src/store/store.ts";
import { newDatabase, postgresIsMissing } from "./postgres.ts";
import type { Scope } from "./scope.ts";

const storeKinds: readonly StoreKind[] = ["sqlite", "postgres"];

/** A test that must hold on both stores. Without PostgreSQL here, its half is skipped and says why. */
export function testOnStores(
  name: string,
  body: (context: TestContext, kind: StoreKind) => Promise<void>,
): void {
  for (const kind of storeKinds) {
    const skip = kind === "postgres" ? (postgresIsMissing ?? false) : false;
    test(`${name} (${kind})`, { skip }, (context) => body(context, kind));
  }
}

/** Where a new, empty store is, until the test ends. */
export async function newLocation(scope: Scope, kind: StoreKind): Promise<StoreLocation> {
  if (kind === "postgres") return { kind, url: await newDatabase() };
  const folder = mkdtempSync(join(tmpdir(), "gateway-store-"));
  scope.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return { kind, file: join(folder, "gateway.sqlite") };
}

/** Opens a store until the test ends. */
export async function open(scope: Scope, location: StoreLocation): Promise<Store> {
  const store = await openStore(location, () => undefined);
  scope.after(() => store.close());
  return store;
}
