import { readFileSync } from "node:fs";
import { join } from "node:path";

import { check, formatViolations, type Violation } from "../../jobs/manifest/index.ts";
import { dayMs, secondMs } from "./clock.ts";
import { environmentSchema, fileVariables } from "./environment.ts";
import type { StoreLocation } from "./store/store.ts";
import { readPlatform, type Platform } from "./platform.ts";
import { isUsable, type ServerCertificate } from "./tls.ts";

/** An address to listen at. Port 0: any that is free. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

export interface UiConfig {
  readonly address: Address;
  /** The front door's: 32 bytes, base64url. */
  readonly key: string;
  /** Undefined: nobody sees the pages of others' applications. */
  readonly adminGroup: string | undefined;
  /** URL of the OpenID Connect issuer that visitors log in at. */
  readonly issuer: string;
  /** Counts e-mail addresses as verified where the issuer does not say. */
  readonly skipEmailVerified: boolean;
}

export interface GatewayConfig {
  readonly api: Address;
  readonly metrics: Address;
  /** The pages of applications. Undefined: there are none. */
  readonly ui: UiConfig | undefined;
  readonly store: StoreLocation;
  /** SHA-256, in hexadecimal, of the first admin's register token. */
  readonly bootstrapHash: string | undefined;
  readonly graceMs: number;
  readonly auditKeptMs: number;
  /** Undefined: the platform lists no service accounts, and no token of one is accepted. */
  readonly serviceAccountAudience: string | undefined;
  /** Undefined: plain HTTP. */
  readonly tls: ServerCertificate | undefined;
  /** Proxies by address and network, or so many before the gateway. */
  readonly trustedProxies: readonly string[] | number;
  /** Undefined: the gateway serves tokens alone. */
  readonly platform: Platform | undefined;
  readonly logLevel: string;
}

/** The environment is not right; the message lists all that is wrong. */
export class ConfigError extends Error {
  override readonly name = "ConfigError";
}

/** Reads the environment, once. @throws ConfigError with every problem. */
export function readConfig(environment: NodeJS.ProcessEnv): GatewayConfig {
  const violations: Violation[] = [];
  const given: Record<string, unknown> = { ...environment, ...readFiles(environment, violations) };
  const checked = check(environmentSchema, given);
  if (!checked.ok) violations.push(...checked.violations);
  const tls = readTls(given, violations);
  const platform = readPlatformFile(environment["PLATFORM_FILE"], violations);
  if (given["UI_KEY"] !== undefined && platform?.pages === undefined) {
    const expected = "a PLATFORM_FILE that says where pages are";
    violations.push({ path: "UI_KEY", problem: "is set, and the platform has no pages", expected });
  }
  if (given["UI_KEY"] !== undefined && given["UI_ISSUER"] === undefined) {
    const expected = "the URL of the issuer that visitors log in at";
    violations.push({ path: "UI_ISSUER", problem: "is required with UI_KEY", expected });
  }
  violations.push(...audienceViolations(given["SERVICE_ACCOUNT_AUDIENCE"], platform));
  if (!checked.ok || violations.length > 0) throw new ConfigError(formatViolations(violations));
  const values = checked.value;
  return {
    api: toAddress(values.API_ADDRESS),
    metrics: toAddress(values.METRICS_ADDRESS),
    ui:
      values.UI_KEY === undefined || values.UI_ISSUER === undefined
        ? undefined
        : {
            address: toAddress(values.UI_ADDRESS),
            key: values.UI_KEY,
            adminGroup: values.UI_ADMIN_GROUP,
            issuer: values.UI_ISSUER,
            skipEmailVerified: values.UI_SKIP_EMAIL_VERIFIED === "true",
          },
    store:
      values.DATABASE_URL === undefined
        ? { kind: "sqlite", file: join(values.DATA_FOLDER, "gateway.sqlite") }
        : { kind: "postgres", url: values.DATABASE_URL },
    bootstrapHash: values.BOOTSTRAP_TOKEN_SHA256,
    graceMs: Number(values.REFRESH_GRACE_SECONDS) * secondMs,
    auditKeptMs: Number(values.AUDIT_DAYS) * dayMs,
    serviceAccountAudience: values.SERVICE_ACCOUNT_AUDIENCE,
    tls,
    trustedProxies: readProxies(values.TRUSTED_PROXIES),
    platform,
    logLevel: values.LOG_LEVEL,
  };
}

/** With listed accounts there is an audience, and without them none. */
function audienceViolations(audience: unknown, platform: Platform | undefined): readonly Violation[] {
  const listed = (platform?.serviceAccounts ?? []).length > 0;
  if (listed === (audience !== undefined)) return [];
  const path = "SERVICE_ACCOUNT_AUDIENCE";
  return listed
    ? [{ path, problem: "is required with serviceAccounts in PLATFORM_FILE", expected: "an audience" }]
    : [
        {
          path,
          problem: "is set, and no service account is listed",
          expected: "serviceAccounts in PLATFORM_FILE, or no audience",
        },
      ];
}

/** None or both of the two variables, and such as a server can show. */
function readTls(given: Record<string, unknown>, violations: Violation[]): ServerCertificate | undefined {
  const { TLS_CERTIFICATE: certificate, TLS_KEY: key } = given;
  if (certificate === undefined && key === undefined) return undefined;
  if (typeof certificate === "string" && typeof key === "string") {
    const tls = { certificate, key };
    if (isUsable(tls)) return tls;
  }
  violations.push({
    path: "TLS_CERTIFICATE",
    problem: "is not a certificate with its key",
    expected: "PEM in TLS_CERTIFICATE and in TLS_KEY, which belong together; or neither",
  });
  return undefined;
}

function readPlatformFile(file: string | undefined, violations: Violation[]): Platform | undefined {
  if (file === undefined || file === "") return undefined;
  const read = readPlatform(file);
  if (read.ok) return read.value;
  violations.push(...read.violations);
  return undefined;
}

function readProxies(text: string | undefined): readonly string[] | number {
  if (text === undefined) return [];
  return /^\d$/.test(text) ? Number(text) : text.split(",");
}

function readFiles(environment: NodeJS.ProcessEnv, violations: Violation[]): Record<string, string> {
  const read: Record<string, string> = {};
  for (const name of fileVariables) {
    const path = `${name}_FILE`;
    const file = environment[path];
    if (file === undefined) continue;
    if (environment[name] !== undefined) {
      violations.push({ path, problem: `is set, and so is ${name}`, expected: "one of the two" });
      continue;
    }
    try {
      read[name] = readFileSync(file, "utf8").trim();
    } catch {
      violations.push({ path, problem: `${file} cannot be read`, expected: "a file that is there" });
    }
  }
  return read;
}

function toAddress(text: string): Address {
  const colon = text.lastIndexOf(":");
  return { host: text.slice(0, colon).replace(/^\[|\]$/g, ""), port: Number(text.slice(colon + 1)) };
}
