import { once } from "node:events";
import type { Server } from "node:http";

import type { Undo } from "./undo.ts";

/** Opens a server, until the test takes it back. */
export async function listen(undo: Undo, server: Server, port: number, address: string): Promise<void> {
  server.listen(port, address);
  await once(server, "listening");
  undo.add(`server at ${address}:${port}`, async () => {
    const closed = once(server, "close");
    server.close();
    server.closeAllConnections();
    await closed;
  });
}
