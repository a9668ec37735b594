import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { removals } from "../../../local/cluster/bare/network.ts";
import { mountsBelow } from "../../../local/cluster/bare/remove.ts";

describe("what the node leaves in iptables", () => {
  it("goes: jumps first, then the chains, and no other rule", () => {
    const saved = [
      "*nat",
      ":PREROUTING ACCEPT [0:0]",
      ":KUBE-SERVICES - [0:0]",
      ":KUBE-MARK-MASQ - [0:0]",
      ":DOCKER - [0:0]",
      '-A PREROUTING -m comment --comment "kubernetes service portals" -j KUBE-SERVICES',
      "-A PREROUTING -j DOCKER",
      "-A KUBE-SERVICES -j KUBE-MARK-MASQ",
      "COMMIT",
    ].join("\n");
    assert.deepEqual(removals(saved), [
      ["-D", "PREROUTING", "-m", "comment", "--comment", "kubernetes service portals", "-j", "KUBE-SERVICES"],
      ["-F", "KUBE-SERVICES"],
      ["-F", "KUBE-MARK-MASQ"],
      ["-X", "KUBE-SERVICES"],
      ["-X", "KUBE-MARK-MASQ"],
    ]);
  });
});

describe("the node's mounts", () => {
  it("are those below its folders, the innermost first", () => {
    const mounts = [
      "tmpfs /run tmpfs rw 0 0",
      "overlay /run/own/containerd/rootfs overlay rw 0 0",
      "tmpfs /run/own/containerd/rootfs/a\\040b tmpfs rw 0 0",
      "tmpfs /run/own-not tmpfs rw 0 0",
    ].join("\n");
    assert.deepEqual(mountsBelow(mounts, ["/run/own"]), [
      "/run/own/containerd/rootfs/a b",
      "/run/own/containerd/rootfs",
    ]);
  });
});
