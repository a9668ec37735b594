import { once } from "node:events";
import { createServer } from "node:http";
import { connect, type Socket } from "node:net";

/** A proxy for HTTPS (CONNECT) that leads every host to one address, whatever its name resolves to. */
export interface ConnectProxy {
  readonly url: string;
  readonly close: () => void;
}

export async function startConnectProxy(address: string): Promise<ConnectProxy> {
  const sockets = new Set<Socket>();
  const kept = (socket: Socket): Socket => {
    sockets.add(socket);
    return socket.once("close", () => sockets.delete(socket));
  };
  const server = createServer((_request, response) => {
    response.writeHead(405).end();
  });
  server.on("connection", kept);
  server.on("connect", ({ url = "" }, client: Socket) => {
    const target = kept(connect(Number(url.split(":").at(-1)), address));
    target.once("connect", () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      client.pipe(target).pipe(client);
    });
    target.on("error", () => client.destroy());
    client.on("error", () => target.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const bound = server.address();
  if (bound === null || typeof bound === "string") throw new Error("no local port");
  return {
    url: `http://127.0.0.1:${bound.port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
