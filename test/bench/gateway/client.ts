import { Agent, request, type IncomingMessage } from "node:http";

import { parseJson } from "../../../local/kube/json.ts";

/** A client of the gateway's API that keeps its connections, as programs do. */
export class Client {
  readonly #api: string;
  readonly #token: string | undefined;
  readonly #agent = new Agent({ keepAlive: true });

  constructor(api: string, token?: string) {
    this.#api = api;
    this.#token = token;
  }

  /** The answer's body. @throws Error where it is a refusal. */
  async send(method: "GET" | "POST", path: string, body?: object): Promise<unknown> {
    const text = body === undefined ? undefined : JSON.stringify(body);
    const answer = await this.#ask(method, path, { agent: this.#agent, text });
    const chunks: string[] = [];
    for await (const chunk of answer.setEncoding("utf8")) chunks.push(String(chunk));
    if ((answer.statusCode ?? 0) >= 300) throw new Error(`${method} ${path}: ${chunks.join("")}`);
    return parseJson(chunks.join(""));
  }

  /** The answer as it comes, on a connection of its own. @throws Error where it is a refusal. */
  async open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const answer = await this.#ask("GET", path, { agent: false, signal });
    if (answer.statusCode !== 200) throw new Error(`GET ${path}: HTTP ${answer.statusCode ?? 0}`);
    return answer;
  }

  #ask(
    method: string,
    path: string,
    { text, ...options }: { agent: Agent | false; text?: string | undefined; signal?: AbortSignal },
  ): Promise<IncomingMessage> {
    const headers = {
      ...(this.#token !== undefined && { authorization: `Bearer ${this.#token}` }),
      ...(text !== undefined && {
        "content-type": "application/json",
        "content-length": Buffer.byteLength(text),
      }),
    };
    return new Promise((resolve, reject) => {
      request(new URL(path, this.#api), { method, headers, ...options })
        .once("response", resolve)
        // Also that of an answer that its reader gives up.
        .on("error", reject)
        .end(text);
    });
  }
}
