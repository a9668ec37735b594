import { fileURLToPath } from "node:url";
import { join } from "node:path";

const cache = fileURLToPath(new URL("../../.cache/", import.meta.url));
const folder = join(cache, "demo");

/** Where the demo keeps what it has. */
export const places = {
  project: fileURLToPath(new URL("../../", import.meta.url)),
  cache,
  /** All of one demo, which goes with it. */
  folder,
  /** Beside that folder, which one who holds the lock removes. */
  lock: join(cache, "demo.lock"),
  state: join(folder, "state.json"),
  log: join(folder, "log"),
  engine: join(folder, "engine"),
  authority: join(folder, "authority.crt"),
  environment: join(folder, "env"),
  /** Tokens of a user of the API. */
  tokens: (user: "admin" | "user"): string => join(folder, `tokens-${user}`),
  /** Programs, for this demo and the next. */
  tools: join(cache, "tools"),
} as const;
