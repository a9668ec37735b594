import { writeFile } from "node:fs/promises";
import { Resolver } from "node:dns/promises";
import { join } from "node:path";

import { Daemon } from "./commands.ts";
import { acmeHost, services } from "./names.ts";
import type { Undo } from "./undo.ts";

/** The virtual machine's name server: all of AWS is here, and other names are what this machine takes them for. */
export async function startNameServer(undo: Undo, folder: string): Promise<void> {
  const config = `.:53 {
  bind ${services}
  hosts {
    ${services} ${acmeHost}
    fallthrough
  }
  template IN A amazonaws.com {
    answer "{{ .Name }} 5 IN A ${services}"
  }
  template IN AAAA amazonaws.com {
    rcode NOERROR
  }
  forward . /etc/resolv.conf
}
`;
  const file = join(folder, "Corefile");
  await writeFile(file, config);
  const server = await Daemon.start(undo, "coredns", ["-conf", file], { log: join(folder, "coredns.log") });
  const resolver = new Resolver({ timeout: 500, tries: 1 });
  resolver.setServers([services]);
  await server.ready("the name server", async () => {
    const found = await resolver.resolve4("s3.amazonaws.com").catch(() => []);
    return found[0] === services;
  });
}
