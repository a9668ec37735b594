import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { partOf } from "../../local/deployment/stand-in/part-of.ts";

describe("the part of a live object that was asked for", () => {
  const asked = { spec: { replicas: 2, containers: [{ name: "main", env: [{ name: "A" }] }] } };

  it("leaves out what a webhook, a default or a controller adds, at any depth", () => {
    const live = {
      metadata: { generation: 2 },
      spec: {
        replicas: 2,
        paused: false,
        containers: [{ name: "main", env: [{ name: "A" }], resources: {} }],
      },
      status: { ready: 1 },
    };
    assert.deepEqual(partOf(live, asked), asked);
  });

  it("shows what differs: another value, a missing field, another list", () => {
    const containers = [{ name: "main", env: [] }];
    assert.deepEqual(partOf({ spec: { replicas: 3, containers } }, asked), {
      spec: { replicas: 3, containers },
    });
    assert.deepEqual(partOf({ spec: {} }, asked), { spec: {} });
    assert.deepEqual(partOf({ spec: { replicas: null } }, asked), { spec: { replicas: null } });
    const two = [{ name: "main" }, { name: "sidecar" }];
    assert.deepEqual(partOf({ spec: { containers: two } }, asked), { spec: { containers: two } });
  });
});
