import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, beforeEach, describe, it } from "node:test";

import { parse } from "yaml";

import type { Cluster } from "../../../local/cluster/cluster.ts";
import { kindCluster, kindConfig } from "../../../local/cluster/kind.ts";

const root = await mkdtemp(join(tmpdir(), "demo-kind-"));
after(() => rm(root, { recursive: true }));

let bin: string;
const path = process.env["PATH"] ?? "";
beforeEach(async () => {
  bin = await mkdtemp(join(root, "bin-"));
  process.env["PATH"] = `${bin}:/usr/bin:/bin`;
  await fake("docker", "echo 16000000000");
});
afterEach(() => {
  process.env["PATH"] = path;
});

/** Puts a program on PATH that notes its arguments, then runs `body` (POSIX shell). */
async function fake(name: string, body: string): Promise<void> {
  const file = join(bin, name);
  await writeFile(file, `#!/bin/sh\necho "${name} $*" >>"${bin}/log"\n${body}\n`);
  await chmod(file, 0o755);
}
const calls = async (): Promise<string[]> => (await readFile(join(bin, "log"), "utf8")).trimEnd().split("\n");
const cluster = (ports: readonly number[] = []): Cluster =>
  kindCluster({ folder: join(bin, "state"), tools: join(bin, "tools"), ports });
const heard: string[] = [];
const say = (line: string): void => void heard.push(line);
const never = new AbortController().signal;

describe("kind", () => {
  it("maps the platform's ports to this machine alone", () => {
    assert.deepEqual(parse(kindConfig([30443])), {
      kind: "Cluster",
      apiVersion: "kind.x-k8s.io/v1alpha4",
      nodes: [
        {
          role: "control-plane",
          extraPortMappings: [
            { containerPort: 30443, hostPort: 30443, listenAddress: "127.0.0.1", protocol: "TCP" },
          ],
        },
      ],
    });
  });

  it("is made where it is not there, and says what kind says", async () => {
    await fake("kind", 'case "$1 $2" in "create cluster") echo "Creating" >&2;; esac');
    const running = await cluster().up(say, never);
    const [create = ""] = (await calls()).filter((line) => line.startsWith("kind create"));
    const state = join(bin, "state");
    assert.equal(
      create,
      `kind create cluster --name spark-platform --config ${state}/kind.yaml --wait 180s --kubeconfig ${state}/kubeconfig`,
    );
    assert.ok(heard.includes("Creating"));
    assert.deepEqual(running.volume("store", "5Gi"), { kind: "claim", size: "5Gi" });
    assert.equal(running.nodePortsHere, true);
  });

  it("is made anew where it is there and does not answer", async () => {
    await fake("kind", 'case "$1" in get) echo spark-platform;; export) exit 1;; esac');
    await cluster().up(say, never);
    const made = (await calls()).filter((line) => /^kind (delete|create)/.test(line));
    assert.deepEqual(
      made.map((line) => line.split(" ")[1]),
      ["delete", "create"],
    );
  });

  it("is built by Go where there is none, and asked for where there is no Go", async () => {
    await fake(
      "go",
      'if [ "$1" = install ]; then mkdir -p "$GOBIN"; printf "#!/bin/sh\\n" >"$GOBIN/kind"; chmod +x "$GOBIN/kind"; fi',
    );
    await cluster().up(say, never);
    assert.ok((await calls()).includes("go install sigs.k8s.io/kind@v0.30.0"));
    await rm(join(bin, "go"));
    await rm(join(bin, "tools"), { recursive: true });
    assert.match((await cluster().problems()).join(), /kind is not on PATH, and no Go/);
  });

  it("ends with kind's own words where it fails", async () => {
    await fake("kind", 'if [ "$1" = create ]; then echo "ERROR: no space left" >&2; exit 1; fi');
    await assert.rejects(cluster().up(say, never), /kind create ended with exit code 1\n.*no space left/);
  });

  it("cannot be with too little memory, or with a port that somebody has", async () => {
    await fake("kind", "");
    await fake("docker", "echo 2000000000");
    const server = await listening();
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    try {
      const [memory = "", taken = "", ...more] = await cluster([port]).problems();
      assert.match(memory, /the memory of Docker: 1\.9 GiB are there, and it needs 7: give Docker more/);
      assert.match(taken, new RegExp(`port ${port} of 127\\.0\\.0\\.1 is in use`));
      assert.deepEqual(more, []);
      // The cluster itself has them when it is there.
      await fake("kind", 'if [ "$1" = get ]; then echo spark-platform; fi');
      assert.equal((await cluster([port]).problems()).length, 1);
    } finally {
      server.close();
    }
  });

  it("goes, and is no trouble where it is not there", async () => {
    await fake("kind", "");
    await cluster().down(say);
    assert.ok((await calls()).includes("kind delete cluster --name spark-platform"));
    await rm(join(bin, "kind"));
    await cluster().down(say);
  });
});

async function listening(): Promise<Server> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
  return server;
}
