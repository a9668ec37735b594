import assert from "node:assert/strict";

import { parseJson, textAt } from "../../local/kube/json.ts";
import type { HttpsClient } from "./https-client.ts";

export interface ApiAnswer {
  readonly status: number;
  readonly body: unknown;
}

export interface ApiOptions {
  readonly token?: string;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Tokens of one client of the API, as it registered. */
export interface Session {
  readonly family: string;
  readonly accessToken: string;
  readonly refreshToken: string;
}

/** The platform's API as a program calls it: JSON over TLS that is verified. */
export class Api {
  readonly #client: HttpsClient;
  readonly #url: string;

  constructor(client: HttpsClient, url: string) {
    this.#client = client;
    this.#url = url;
  }

  async call(method: string, path: string, { token, body, headers }: ApiOptions = {}): Promise<ApiAnswer> {
    const answer = await this.#client.send({
      method,
      url: `${this.#url}${path}`,
      headers: {
        ...headers,
        ...(token !== undefined && { authorization: `Bearer ${token}` }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: answer.body === "" ? undefined : parseJson(answer.body) };
  }

  /** What a path answers as text, until its end. */
  async text(path: string, token: string, accept = "text/plain"): Promise<string> {
    const answer = await this.#client.send({
      method: "GET",
      url: `${this.#url}${path}`,
      headers: { accept, authorization: `Bearer ${token}` },
      patienceMs: 300_000,
    });
    assert.equal(answer.status, 200, answer.body);
    return answer.body;
  }

  /** @throws an AssertionError with the answer where it is not a success. */
  async ok(method: string, path: string, options: ApiOptions = {}): Promise<unknown> {
    const { status, body } = await this.call(method, path, options);
    assert.ok(status >= 200 && status < 300, `${method} ${path}: ${status} ${JSON.stringify(body)}`);
    return body;
  }

  async register(registerToken: string): Promise<Session> {
    return toSession(await this.ok("POST", "/v1/tokens/register", { body: { registerToken } }));
  }

  async refresh({ refreshToken }: Session): Promise<Session> {
    return toSession(await this.ok("POST", "/v1/tokens/refresh", { body: { refreshToken } }));
  }

  /** A client that an admin lets in. */
  async join(admin: Session, clientName: string, role: "admin" | "user"): Promise<Session> {
    const made = await this.ok("POST", "/v1/tokens/register-tokens", {
      token: admin.accessToken,
      body: { clientName, role },
    });
    return this.register(textAt(made, "registerToken") ?? "");
  }
}

function toSession(body: unknown): Session {
  const accessToken = textAt(body, "accessToken");
  const refreshToken = textAt(body, "refreshToken");
  const family = textAt(body, "family");
  assert.ok(accessToken && refreshToken && family, "no pair of tokens");
  return { family, accessToken, refreshToken };
}
