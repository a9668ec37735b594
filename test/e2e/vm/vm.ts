import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import type { Result } from "../../../images/process.ts";
import { until } from "../../../local/kube/wait.ts";
import { attempt, Daemon, run } from "./commands.ts";
import type { Metadata } from "./metadata.ts";
import type { DebianRoot } from "./root.ts";
import { Undo } from "./undo.ts";

export interface VmOptions {
  /** Folder for its disk. */
  readonly folder: string;
  readonly root: DebianRoot;
  readonly namespacePath: string;
  readonly metadata: Metadata;
  /** PEM of who vouches for AWS and its like: a real machine comes with these. */
  readonly authorities: readonly string[];
  readonly userData: string;
}

const path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A machine that starts from a Debian image and its user data, and is gone with all that it wrote. */
export class Vm {
  readonly #undo = new Undo();
  /** Its first process, as this machine counts. */
  #init = "";

  private constructor() {
    // Only by boot().
  }

  /** Starts it and waits until cloud-init has run the user data. @throws with its log where that fails. */
  static async boot(undo: Undo, options: VmOptions): Promise<Vm> {
    const vm = new Vm();
    undo.add("virtual machine", () => vm.destroy());
    await vm.#start(options);
    const booted = await vm.attempt(["cloud-init", "status", "--wait", "--long"], 600_000);
    const log = await vm.attempt(["cat", "/var/log/cloud-init-output.log"]);
    if (!booted.stdout.includes("status: done")) throw new Error(`${booted.stdout}\n${log.stdout}`);
    return vm;
  }

  async #start({ folder, root, namespacePath, metadata, authorities, userData }: VmOptions): Promise<void> {
    const disk = await mkdtemp(join(folder, "vm-"));
    this.#undo.add("its disk", () => rm(disk, { recursive: true }));
    const [changes, work, tree] = ["changes", "work", "tree"].map((name) => join(disk, name)) as [
      string,
      string,
      string,
    ];
    for (const each of [changes, work, tree]) await mkdir(each);
    const layers = `lowerdir=${root.folder},upperdir=${changes},workdir=${work}`;
    await run("mount", ["-t", "overlay", "-o", layers, "overlay", tree]);
    this.#undo.add("its mount", () => run("umount", ["--lazy", tree]));
    for (const [index, pem] of authorities.entries()) {
      await writeFile(join(tree, `usr/local/share/ca-certificates/e2e-${index}.crt`), pem);
    }
    await run("chroot", [tree, "update-ca-certificates"], { env: { PATH: path } });
    metadata.instance = { id: `i-${randomBytes(8).toString("hex")}`, userData };
    const args = [
      ...[
        "--quiet",
        "--boot",
        "--directory",
        tree,
        "--machine",
        "registry-vm",
        "--register=no",
        "--keep-unit",
      ],
      "--capability=CAP_NET_ADMIN",
      ...["--network-namespace-path", namespacePath, "--resolv-conf=off", "--link-journal=no"],
      ...["--console=pipe", "--bind", `${root.archives}:/var/cache/apt/archives`],
    ];
    const log = join(disk, "console.log");
    const env = { SYSTEMD_NSPAWN_UNIFIED_HIERARCHY: "1", SYSTEMD_NSPAWN_LOCK: "0" };
    // A namespace of its own: the machine outlives systemd-nspawn, and nothing outlives the namespace.
    const unshare = ["--pid", "--fork", "--kill-child", "--mount-proc", "systemd-nspawn"];
    const container = await Daemon.start(this.#undo, "unshare", [...unshare, ...args], { log, env });
    await container.ready("the virtual machine", async () => {
      const [nspawn = 0] = await children(container.pid);
      const [init] = await children(nspawn);
      if (init === undefined) return false;
      this.#init = String(init);
      const answer = await this.attempt(["test", "-S", "/run/systemd/private"]);
      return answer.code === 0;
    });
  }

  /** Runs a command inside. */
  attempt(command: readonly string[], timeoutMs = 120_000): Promise<Result> {
    const namespaces = ["--mount", "--uts", "--ipc", "--net", "--pid", "--cgroup"];
    const inside = ["--target", this.#init, ...namespaces, "--", "env", "-i", `PATH=${path}`, ...command];
    return attempt("nsenter", inside, { timeoutMs });
  }

  /** What a command inside wrote. @throws with its own words where it fails. */
  async run(...command: readonly string[]): Promise<string> {
    const { code, stdout, stderr } = await this.attempt(command);
    if (code !== 0) throw new Error(`${command.join(" ")} ended with ${code}: ${stderr}${stdout}`);
    return stdout;
  }

  /** Waits until a command inside succeeds. */
  async eventually(what: string, timeoutMs: number, ...command: readonly string[]): Promise<string> {
    return until(what, timeoutMs, async () => {
      const { code, stdout, stderr } = await this.attempt(command);
      return code === 0 ? { done: stdout } : { waiting: `${stdout}${stderr}`.slice(-500) };
    });
  }

  /** Pulls the plug and throws the disk away. */
  async destroy(): Promise<void> {
    await this.#undo.all();
  }
}

async function children(pid: number): Promise<number[]> {
  const text = await readFile(`/proc/${pid}/task/${pid}/children`, "utf8").catch(() => "");
  return text
    .split(" ")
    .filter((part) => part !== "")
    .map(Number);
}
