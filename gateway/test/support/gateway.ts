import assert from "node:assert/strict";

import type { FastifyInstance, InjectOptions } from "fastify";
import { pino } from "pino";

import { numberAt, parseJson, textAt } from "../../../local/kube/json.ts";
import { buildApp, type AppParts } from "../../src/app.ts";
import { loggerOptions } from "../../src/logging.ts";
import { createMetrics, type Metrics } from "../../src/metrics/metrics.ts";
import type { Store, StoreKind } from "../../src/store/store.ts";
import type { Role } from "../../src/store/tables.ts";
import { bootstrap } from "../../src/tokens/bootstrap.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import type { Tokens } from "../../src/tokens/tokens.ts";
import type { Scope } from "./scope.ts";
import { newLocation, open } from "./stores.ts";

export const graceMs = 60_000;

export interface Answer {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface Pair {
  readonly family: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** A gateway in this process, with a clock that the test steps and a log that it reads. */
export interface TestGateway {
  readonly app: FastifyInstance;
  readonly store: Store;
  readonly tokens: Tokens;
  readonly metrics: Metrics;
  readonly clock: { now: number };
  readonly log: readonly string[];
  readonly call: (
    method: NonNullable<InjectOptions["method"]>,
    url: string,
    given?: Given,
  ) => Promise<Answer>;
}

export interface Given {
  readonly token?: string | undefined;
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Where the call comes from. Default: this machine. */
  readonly address?: string;
}

export async function startGateway(
  scope: Scope,
  kind: StoreKind,
  parts: Partial<AppParts> = {},
): Promise<TestGateway> {
  return gatewayOn(scope, await open(scope, await newLocation(scope, kind)), parts);
}

export async function gatewayOn(
  scope: Scope,
  store: Store,
  parts: Partial<AppParts> = {},
): Promise<TestGateway> {
  const clock = { now: Date.UTC(2026, 10, 24) };
  const tokens: Tokens = { store, now: () => clock.now, graceMs };
  const log: string[] = [];
  const metrics = createMetrics();
  const logger = pino(loggerOptions("trace"), { write: (line) => void log.push(line) });
  const app = await buildApp({
    tokens,
    serviceAccounts: undefined,
    platform: undefined,
    metrics,
    logger,
    trustedProxies: [],
    ...parts,
  });
  scope.after(() => app.close());
  return {
    app,
    store,
    tokens,
    metrics,
    clock,
    log,
    call: async (method, url, { token, body, headers, address } = {}) => {
      const response = await app.inject({
        method,
        url,
        ...(address !== undefined && { remoteAddress: address }),
        headers: {
          ...(token !== undefined && { authorization: `Bearer ${token}` }),
          ...(typeof body === "string" && { "content-type": "application/json" }),
          ...headers,
        },
        ...(body !== undefined && { payload: body }),
      });
      const isJson = response.headers["content-type"]?.includes("json") === true;
      return {
        status: response.statusCode,
        body: isJson && response.body !== "" ? parseJson(response.body) : response.body,
        headers: response.headers,
      };
    },
  };
}

/** A client of the gateway, with its first pair of tokens. Further admins and users are made by the stack's admin. */
export async function newClient(
  gateway: TestGateway,
  clientName: string,
  role: Role,
  namespaces: readonly string[] | null = null,
): Promise<Pair> {
  const admin = await firstAdmin(gateway);
  const registerToken = await newRegisterToken(gateway, admin.accessToken, { clientName, role, namespaces });
  return pairOf(await gateway.call("POST", "/v1/tokens/register", { body: { registerToken } }));
}

/** The first admin, by a bootstrap token of its own. */
export async function firstAdmin({ call, tokens }: TestGateway): Promise<Pair> {
  const registerToken = mintToken("register");
  await bootstrap(tokens, hashToken(registerToken));
  return pairOf(await call("POST", "/v1/tokens/register", { body: { registerToken } }));
}

export async function newRegisterToken(
  { call }: TestGateway,
  token: string,
  body: Readonly<Record<string, unknown>>,
): Promise<string> {
  const answer = await call("POST", "/v1/tokens/register-tokens", { token, body });
  assert.equal(answer.status, 201, JSON.stringify(answer.body));
  return textAt(answer.body, "registerToken") ?? "";
}

export async function refreshed({ call }: TestGateway, refreshToken: string): Promise<Pair> {
  return pairOf(await call("POST", "/v1/tokens/refresh", { body: { refreshToken } }));
}

export function pairOf({ status, body }: Answer): Pair {
  assert.ok(status === 200 || status === 201, JSON.stringify(body));
  const text = (field: string): string => textAt(body, field) ?? assert.fail(`no ${field}`);
  return { family: text("family"), accessToken: text("accessToken"), refreshToken: text("refreshToken") };
}

/** Asserts that a call was refused with this code. */
export function refusedWith({ status, body, headers }: Answer, code: string): void {
  assert.equal(textAt(body, "code"), code, JSON.stringify(body));
  assert.match(String(headers["content-type"]), /^application\/problem\+json/);
  assert.equal(status, numberAt(body, "status"));
}
