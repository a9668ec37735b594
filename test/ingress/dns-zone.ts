import assert from "node:assert/strict";
import { test } from "node:test";

import { DnsZone, type DnsZoneArgs } from "../../components/ingress/dns-zone.ts";
import { listAt } from "../../local/kube/json.ts";
import { evaluate, type Graph } from "../support/mocks.ts";
import { types } from "./aws-types.ts";

const zoneGraph = (wishes: Partial<DnsZoneArgs>, preview = false): Promise<Graph> =>
  evaluate(
    () => {
      const args = { name: "spark.example.org", zone: { kind: "create" }, protect: true, ...wishes } as const;
      const { name, zoneId, nameServers } = new DnsZone("zone", args);
      return Promise.resolve({ name, zoneId, ...(nameServers && { nameServers }) });
    },
    { preview },
  );

test("a zone that the stack makes is protected, and tells what the zone above must hold", async () => {
  const graph = await zoneGraph({});
  const zone = graph.only(types.zone);
  assert.equal(zone.inputs["name"], "spark.example.org");
  assert.equal(zone.inputs["forceDestroy"], false);
  assert.ok(zone.protect);
  assert.match(String(graph.outputs["zoneId"]), /^Z\w+$/);
  assert.equal(listAt(graph.outputs, "nameServers").length, 2);
});

test("a zone that is not protected goes with all that is in it", async () => {
  const zone = (await zoneGraph({ protect: false })).only(types.zone);
  assert.equal(zone.inputs["forceDestroy"], true);
  assert.ok(!zone.protect);
});

test("a zone that exists is used by its id: nothing is made and nobody is asked", async () => {
  for (const preview of [false, true]) {
    const graph = await zoneGraph({ zone: { kind: "existing", id: "Z1OWN" } }, preview);
    assert.deepEqual(
      graph.registrations.filter(({ custom }) => custom),
      [],
    );
    assert.deepEqual(graph.outputs, { name: "spark.example.org", zoneId: "Z1OWN" });
  }
});
