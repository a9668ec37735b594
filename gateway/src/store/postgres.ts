import { PostgresDialect } from "kysely";
import pg from "pg";

/**
 * Kysely's PostgreSQL dialect, with limits on how long a request may wait: for a connection 5 s, for a statement 10 s.
 * `onIdleError` hears of connections that break while nobody uses them; the next query makes a new one.
 */
export function postgresDialect(url: string, onIdleError: (error: Error) => void): PostgresDialect {
  const types = new pg.TypeOverrides();
  // All our bigints are times and counts, far below 2^53; by default they come as texts.
  types.setTypeParser(pg.types.builtins.INT8, Number);
  const pool = new pg.Pool({
    connectionString: url,
    application_name: "spark-platform-gateway",
    max: 10,
    connectionTimeoutMillis: 5000,
    statement_timeout: 10_000,
    keepAlive: true,
    types,
  });
  pool.on("error", onIdleError);
  return new PostgresDialect({ pool });
}
