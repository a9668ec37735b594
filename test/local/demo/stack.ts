import assert from "node:assert/strict";
import { describe, it } from "node:test";

import type { RunningCluster } from "../../../local/cluster/cluster.ts";
import { demoStack, shown } from "../../../local/demo/platform.ts";
import { at, textAt } from "../../../local/kube/json.ts";
import { localPorts, localStack } from "../../../local/stack.ts";

const cluster: RunningCluster = {
  kubeconfig: "/k",
  deliverImages: () => Promise.resolve("r"),
  volume: (name, size) => ({ kind: "node", path: `/v/${name}`, node: "n", size }),
  dns: ["10.98.0.1/32"],
  chart: "/chart",
  nodePortsHere: true,
  cannotRun: { "spark-pi": "no jar" },
};

describe("the demo's stack", () => {
  it("is the local one, as the cluster can have it", () => {
    const stack = demoStack(cluster, "r/p", 2);
    assert.deepEqual(stack["cluster"], { kubeconfigPath: "/k", identifier: "local", dns: ["10.98.0.1/32"] });
    assert.deepEqual(stack["images"], { registry: "r/p" });
    assert.equal(textAt(stack, "storage", "volume", "path"), "/v/store");
    assert.equal(textAt(stack, "gateway", "database", "volume", "path"), "/v/gateway");
    assert.equal(at(stack, "gateway", "registerToken"), 2);
    assert.equal(textAt(stack, "operator", "chart"), "/chart");
    const { "spark-pi": left, ...jobs } = { ...(localStack()["jobs"] as object) } as Record<string, unknown>;
    assert.ok(left);
    assert.deepEqual(stack["jobs"], jobs);
    assert.deepEqual(stack["ui"], localStack()["ui"]);
  });

  it("answers at three ports, as the stack file says", () => {
    assert.deepEqual(localPorts(), [30443, 30444, 30446]);
  });

  it("has outputs that the demo shows, and misses none in silence", () => {
    const gateway = { url: "https://a", registerToken: "t", certificateAuthority: "PEM" };
    const ui = { url: "https://p", users: { "ann@example.org": "pw" } };
    assert.deepEqual(shown({ gateway, ui }), {
      api: "https://a",
      pages: "https://p",
      registerToken: "t",
      authority: "PEM",
      users: { "ann@example.org": "pw" },
    });
    assert.throws(() => shown({ gateway: {}, ui }), /no output gateway\.url/);
  });
});
