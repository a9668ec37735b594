import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { chooseCluster, type Machine, type Wish } from "../../../local/cluster/choose.ts";

const wish: Wish = { existing: undefined, before: undefined, folder: "/f", tools: "/t", ports: [] };
const machine = (docker: string | undefined, platform = "linux", root = true): Machine => ({
  docker: () => Promise.resolve(docker),
  platform,
  root,
});
const silent = "docker does not answer";

describe("the cluster of the demo", () => {
  it("is the one that was asked for, whatever else there is", async () => {
    const existing = { kubeconfig: "/k", registry: "r" };
    const { kind, cluster } = await chooseCluster({ ...wish, existing }, machine(undefined));
    assert.equal(kind, "existing");
    assert.match(cluster.title, /\/k$/);
  });

  it("is kind where Docker runs, else a bare node, which says why not kind", async () => {
    assert.deepEqual((await chooseCluster(wish, machine(undefined))).kind, "kind");
    const { kind, reasons } = await chooseCluster(wish, machine(silent));
    assert.deepEqual([kind, reasons], ["bare", [`kind: ${silent}`]]);
  });

  it("is the one of the run before, also where another would come first now", async () => {
    const begun = { ...wish, before: { cluster: "bare", deployed: false } as const };
    assert.equal((await chooseCluster(begun, machine(undefined))).kind, "bare");
    const kind = { ...wish, before: { cluster: "kind", deployed: true } as const };
    assert.equal((await chooseCluster(kind, machine(silent))).kind, "kind");
  });

  it("cannot be without Docker and without root, or on another system", async () => {
    await assert.rejects(chooseCluster(wish, machine(silent, "linux", false)), (error: Error) => {
      assert.match(
        error.message,
        /kind: docker does not answer\n.*this user is not root\nstart Docker, or run it as root/,
      );
      return true;
    });
    await assert.rejects(
      chooseCluster(wish, machine(silent, "darwin")),
      /this is not Linux\nstart Docker, or name/,
    );
  });
});
