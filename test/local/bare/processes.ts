import assert from "node:assert/strict";
import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { after, describe, it } from "node:test";

import {
  endProcesses,
  mark,
  markOf,
  ourProcesses,
  partsNamed,
  type Process,
} from "../../../local/cluster/bare/processes.ts";

const started: ChildProcess[] = [];
after(() => {
  for (const child of started) child.kill("SIGKILL");
});

/** A process that ignores the first signal, and says when it does. */
async function stubborn(env: NodeJS.ProcessEnv): Promise<number> {
  const script = "process.on('SIGTERM', () => {}); setInterval(() => {}, 1000); console.log('here')";
  const child = spawn(process.execPath, ["-e", script], { env, stdio: ["ignore", "pipe", "ignore"] });
  started.push(child);
  await once(child.stdout, "data");
  if (child.pid === undefined) throw new Error("it has no number");
  return child.pid;
}

describe("the node's processes", () => {
  it("are the ones with its mark, and end even where they would not", async () => {
    const ours = await stubborn({ [mark]: "test-part:1" });
    const strange = await stubborn({});
    const found = (await ourProcesses()).filter((one) => one.mark === "test-part:1");
    assert.deepEqual(
      found.map(({ pid }) => pid),
      [ours],
    );
    await endProcesses([ours], 100);
    assert.deepEqual(
      (await ourProcesses()).filter((one) => one.mark === "test-part:1"),
      [],
    );
    assert.equal(process.kill(strange, 0), true);
    await endProcesses([strange], 0);
  });

  it("have their mark as a variable of its own, not in another's text", () => {
    assert.equal(markOf(`A=1\0${mark}=etcd:abc\0B=2\0`), "etcd:abc");
    assert.equal(markOf(`A=${mark}=etcd\0X${mark}=y\0`), undefined);
  });

  it("are a part only where the program is its own, whatever its version's folder", () => {
    const one = (pid: number, value: string, command: string): Process => ({
      pid,
      mark: value,
      command: [command],
    });
    const processes = [
      one(1, "containerd:a", "/usr/bin/containerd"),
      one(2, "containerd:a", "/usr/bin/containerd-shim-runc-v2"),
      one(3, "kubelet:b", "/cache/kubernetes-1/kubelet"),
    ];
    const named = (name: string, command: string): readonly number[] =>
      partsNamed(processes, name, command).map(({ pid }) => pid);
    assert.deepEqual(named("containerd", "/usr/bin/containerd"), [1]);
    assert.deepEqual(named("kubelet", "/cache/kubernetes-2/kubelet"), [3]);
    assert.deepEqual(named("kube", "/usr/bin/containerd"), []);
  });
});
