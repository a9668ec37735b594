import { isRecord } from "../../../jobs/manifest/record.ts";

/** What is wrong with the store itself, if an error says so: no place left, or not there for the moment. */
export function storeTrouble(error: unknown): "store-full" | "store-unavailable" | undefined {
  if (!(error instanceof Error)) return undefined;
  const fields: unknown = error;
  if (!isRecord(fields)) return undefined;
  const { code, errcode } = fields;
  if (code === "ERR_SQLITE_ERROR" && typeof errcode === "number") return sqliteTrouble(errcode);
  if (typeof code === "string") return postgresTrouble(code);
  // The client's own errors have a message alone: https://github.com/brianc/node-postgres/issues/2276
  return /^(Connection terminated|timeout exceeded when trying to connect)/.test(error.message)
    ? "store-unavailable"
    : undefined;
}

/** Primary result codes, the low 8 bits: https://www.sqlite.org/rescode.html */
function sqliteTrouble(errcode: number): "store-full" | "store-unavailable" | undefined {
  const full = 13;
  const busy = [5, 6];
  const disk = [8, 10, 14];
  const primary = errcode & 0xff;
  if (primary === full) return "store-full";
  return [...busy, ...disk].includes(primary) ? "store-unavailable" : undefined;
}

/**
 * SQLSTATE by class (https://www.postgresql.org/docs/current/errcodes-appendix.html): 08 connections, 40 a conflict of
 * transactions, 53 resources, 57P shutdown, 57014 a statement that took too long, 25006 a replica that cannot write; or an error of the network.
 */
function postgresTrouble(code: string): "store-full" | "store-unavailable" | undefined {
  if (code === "53100") return "store-full";
  if (/^(08...|40...|53...|57P..|57014|25006)$/.test(code)) return "store-unavailable";
  return /^E(CONN\w+|NOTFOUND|TIMEDOUT|PIPE|AI_AGAIN|HOSTUNREACH|NETUNREACH|NOENT)$/.test(code)
    ? "store-unavailable"
    : undefined;
}
