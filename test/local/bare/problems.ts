import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { networksOf, overlap, problemsOf, type Machine } from "../../../local/cluster/bare/problems.ts";

const good: Machine = {
  platform: "linux",
  architecture: "x64",
  root: true,
  apt: true,
  runs: false,
  built: true,
  memoryGib: 7,
  diskGib: 10,
  ports: [],
  routes: ["192.168.0.0/16", "10.97.0.0/16"],
  kubernetes: undefined,
};

describe("a machine for the bare node", () => {
  it("has nothing against it where it has all", () => {
    assert.deepEqual(problemsOf(good), []);
  });

  it("is told all that is against it at once, each with what would help", () => {
    const bad: Machine = {
      ...good,
      root: false,
      apt: false,
      memoryGib: 2,
      diskGib: 3,
      ports: ["port 16443 of 127.0.0.1 is in use"],
      routes: ["10.98.0.128/25"],
      kubernetes: "kubelet, process 7",
    };
    const expected = [
      /root.*sudo/,
      /apt-get/,
      /memory: 2.0/,
      /disk: 3.0/,
      /16443/,
      /10\.98\.0\.128/,
      /--kubeconfig/,
    ];
    const problems = problemsOf(bad);
    assert.equal(problems.length, expected.length, problems.join("\n"));
    expected.forEach((pattern, index) => {
      assert.match(problems[index] ?? "", pattern);
    });
  });

  it("needs more of a disk as long as nothing is compiled", () => {
    assert.match(problemsOf({ ...good, built: false }).join(), /disk: 10.0 GiB are free, and it needs 20/);
  });

  it("has room and ports for a node that runs already", () => {
    const full = { ...good, memoryGib: 1, diskGib: 1, ports: ["in use"], kubernetes: "kube-proxy" };
    assert.deepEqual(problemsOf({ ...full, runs: true }), []);
    assert.equal(problemsOf(full).length, 4);
  });

  it("is refused where the images are for another processor, or there is no Linux", () => {
    assert.match(problemsOf({ ...good, architecture: "arm64" }).join(), /arm64/);
    assert.match(problemsOf({ ...good, platform: "darwin" }).join(), /Linux/);
  });
});

describe("networks", () => {
  it("overlap where one is in the other", () => {
    assert.equal(overlap("10.98.0.0/24", "10.0.0.0/8"), true);
    assert.equal(overlap("10.98.0.0/24", "10.98.0.7"), true);
    assert.equal(overlap("10.98.0.0/24", "10.98.1.0/24"), false);
    assert.equal(overlap("10.99.0.0/16", "10.98.0.0/16"), false);
    assert.equal(overlap("10.98.0.0/24", "fe80::/64"), false);
  });

  it("are read of a machine's routes, without the default one and the node's own", () => {
    const routes = [
      "default via 192.0.2.1 dev eth0",
      "10.98.0.0/24 dev sparkplatform0 proto kernel",
      "192.0.2.0/24 dev eth0 proto kernel",
      "blackhole 10.98.0.0/16 proto static",
      "local 127.0.0.1 dev lo table local",
    ].join("\n");
    assert.deepEqual(networksOf(routes, "sparkplatform0"), ["192.0.2.0/24", "10.98.0.0/16"]);
  });
});
