import https from "node:https";
import { connect, type SecureVersion } from "node:tls";

export interface HttpsAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

export interface HttpsRequest {
  readonly method: string;
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** How long it may take, in milliseconds. Default: 30 s. */
  readonly patienceMs?: number;
}

/** How long one request may take, unless it says so itself. */
const standardPatienceMs = 30_000;

/** A client without a browser's help: no cookies, no redirects. It trusts one authority. */
export class HttpsClient {
  readonly #address: string;
  readonly #authority: string;

  /** `address` is where every name leads. */
  constructor(address: string, authority: string) {
    this.#address = address;
    this.#authority = authority;
  }

  /** @throws where there is no answer, or the certificate is not for the URL's host by the authority. */
  get(url: string, headers: Readonly<Record<string, string>> = {}): Promise<HttpsAnswer> {
    return this.send({ method: "GET", url, headers });
  }

  /** @throws as `get`. */
  send({
    method,
    url,
    headers,
    body: sent,
    patienceMs = standardPatienceMs,
  }: HttpsRequest): Promise<HttpsAnswer> {
    const { hostname, port, host } = new URL(url);
    const target = { host: this.#address, port, servername: hostname, ca: this.#authority };
    return new Promise((resolve, reject) => {
      // The way to the server included: what goes to a pod that is just gone is answered by nobody.
      const signal = AbortSignal.timeout(patienceMs);
      const options = {
        ...target,
        method,
        headers: { host, ...headers },
        path: pathOf(url),
        agent: false,
        signal,
      };
      const request = https.request(options, (response) => {
        let body = "";
        response.setEncoding("utf8");
        response.on("data", (chunk: string) => (body += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
        });
        response.on("error", reject);
      });
      request.on("error", reject);
      request.end(sent);
    });
  }

  /** The version that a client gets who knows none newer. @throws where the server takes none of them. */
  version(url: string, maxVersion: SecureVersion): Promise<string> {
    const { hostname, port } = new URL(url);
    return new Promise((resolve, reject) => {
      const socket = connect(
        {
          host: this.#address,
          port: Number(port),
          servername: hostname,
          ca: this.#authority,
          minVersion: "TLSv1",
          maxVersion,
          // OpenSSL itself refuses old versions otherwise, and the server would not be asked.
          ciphers: "DEFAULT@SECLEVEL=0",
        },
        () => {
          resolve(socket.getProtocol() ?? "none");
          socket.end();
        },
      );
      socket.on("error", reject);
    });
  }
}

/** As written: `new URL` would tidy it up. */
function pathOf(url: string): string {
  return url.slice(new URL(url).origin.length) || "/";
}
