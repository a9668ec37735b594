import http from "node:http";
import https from "node:https";

export interface WayOptions {
  /** `http://HOST[:PORT]` or `https://HOST[:PORT]`, as the server is called. */
  readonly url: string;
  /** Port of this machine that leads there. */
  readonly port: number;
  /** Who asks for the path, and at which host. Default of the host: that of the URL. */
  readonly headers: (
    path: string,
  ) => Readonly<Record<string, string>> | Promise<Readonly<Record<string, string>>>;
  /** PEM of the authority that the server's certificate must be of. Without TLS: none. */
  readonly authority?: string;
}

export interface Answer {
  readonly status: number;
  readonly body: string;
}

/** The gateway waits that long for the first page of a large application. */
const timeoutMs = 300_000;

/**
 * A way to the History Server, with connections that stay open, as a browser's do. Requests go to 127.0.0.1 and
 * nowhere else.
 */
export class Way {
  readonly #options: WayOptions;
  readonly #agent: http.Agent;

  constructor(options: WayOptions) {
    this.#options = options;
    const { url, authority } = options;
    const { hostname, protocol } = new URL(url);
    const tls = { servername: hostname, ...(authority !== undefined && { ca: authority }) };
    this.#agent =
      protocol === "https:"
        ? new https.Agent({ keepAlive: true, ...tls })
        : new http.Agent({ keepAlive: true });
  }

  /** The page, also where the server first leads to the very same: so it answers the first reader of an application. */
  async get(path: string): Promise<Answer> {
    const answer = await this.#send(path);
    if (answer.location === undefined) return answer;
    const to = new URL(answer.location);
    if (to.pathname !== path) throw new Error(`${path} leads to ${answer.location}`);
    return this.#send(path);
  }

  /** So many requests for one page, as many together as asked for. Returns the seconds for all of them. */
  async secondsFor(path: string, requests: number, together: number): Promise<number> {
    let left = requests;
    const one = async (): Promise<void> => {
      while (left-- > 0) {
        const { status } = await this.#send(path);
        if (status !== 200) throw new Error(`${path}: HTTP ${status}`);
      }
    };
    const begun = performance.now();
    await Promise.all(Array.from({ length: together }, one));
    return (performance.now() - begun) / 1000;
  }

  close(): void {
    this.#agent.destroy();
  }

  async #send(path: string): Promise<Answer & { readonly location: string | undefined }> {
    const { url, port } = this.#options;
    const headers = await this.#options.headers(path);
    const { host, protocol } = new URL(url);
    const { request: open } = protocol === "https:" ? https : http;
    return new Promise((resolve, reject) => {
      const options = { host: "127.0.0.1", port, path, agent: this.#agent, headers: { host, ...headers } };
      const request = open(options, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("end", () => {
          const body = Buffer.concat(chunks).toString();
          resolve({ status: response.statusCode ?? 0, body, location: response.headers.location });
        });
        response.on("error", reject);
      });
      request.on("error", reject);
      request.setTimeout(timeoutMs, () => request.destroy(new Error(`${path}: no answer in time`)));
      request.end();
    });
  }
}
