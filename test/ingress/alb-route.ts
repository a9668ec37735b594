import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { expose } from "../../components/ingress/exposure.ts";
import { object, ofKind, upstream } from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import { evaluate, type Graph, type Registration } from "../support/mocks.ts";
import { host, loadBalancerZone, pagesGraph } from "./aws-graph.ts";
import { types } from "./aws-types.ts";

const record = (graph: Graph): Registration => graph.only(types.record, "front-door-a");
const annotations = (graph: Graph): Record<string, unknown> =>
  Object.fromEntries(
    Object.entries(recordAt(graph.only(types.ingress).inputs, "metadata", "annotations")).map(
      ([key, value]) => [key.replace("alb.ingress.kubernetes.io/", ""), value],
    ),
  );
const withoutBalancer = { [types.ingress]: { status: { loadBalancer: {} } } };

test("the load balancer ends TLS at 443, sends 80 there, and talks HTTP to the pods themselves", async () => {
  const graph = await pagesGraph();
  const settings = annotations(graph);
  assert.deepEqual(parseJson(String(settings["listen-ports"])), [{ HTTP: 80 }, { HTTPS: 443 }]);
  assert.equal(settings["ssl-redirect"], "443");
  assert.equal(settings["target-type"], "ip");
  const spec = recordAt(graph.only(types.ingress).inputs, "spec");
  assert.equal(spec["tls"], undefined);
  assert.equal(spec["ingressClassName"], at(graph.only(types.ingressClass).inputs, "metadata", "name"));
  const [rule, ...others] = listAt(spec, "rules");
  assert.deepEqual(others, []);
  assert.equal(at(rule, "host"), host);
  const service = recordAt(object(graph, "Service", "front-door").inputs, "spec");
  assert.equal(service["type"], "ClusterIP");
  assert.deepEqual(service["ports"], [{ name: "http", port: 80, targetPort: "http" }]);
  assert.deepEqual(at(listAt(rule, "http", "paths")[0], "backend"), {
    service: { name: "front-door", port: { name: "http" } },
  });
});

test("it asks the pods how they are where they answer without a log-in", async () => {
  const graph = await pagesGraph();
  const door = object(graph, "Deployment", "front-door").inputs;
  const [container] = listAt(door, "spec", "template", "spec", "containers");
  assert.equal(annotations(graph)["healthcheck-path"], at(container, "readinessProbe", "httpGet", "path"));
  assert.equal(at(container, "readinessProbe", "httpGet", "port"), "http");
});

test("a pod goes after the load balancer has found the new one well, and stays until nobody is sent there", async () => {
  const graph = await pagesGraph();
  const settings = annotations(graph);
  const well = Number(settings["healthcheck-interval-seconds"]) * Number(settings["healthy-threshold-count"]);
  const { spec } = object(graph, "Deployment", "front-door").inputs;
  assert.ok(Number(at(spec, "minReadySeconds")) >= 2 * well);
  const [container] = listAt(spec, "template", "spec", "containers");
  const sleep = Number(at(container, "lifecycle", "preStop", "sleep", "seconds"));
  // Kubernetes waits 30 seconds, and the proxy needs some for whom it serves.
  assert.ok(sleep >= 15 && sleep <= 20, String(sleep));
  assert.equal(at(spec, "template", "spec", "terminationGracePeriodSeconds"), undefined);
});

test("the host's record is the load balancer's own, for IPv4", async () => {
  const graph = await pagesGraph();
  const { inputs } = record(graph);
  assert.deepEqual([inputs["name"], inputs["type"]], [host, "A"]);
  assert.ok(record(graph).dependsOn.includes(graph.only(types.zone).urn));
  assert.equal(inputs["zoneId"], graph.only(types.record, `alb-proof-${host}`).inputs["zoneId"]);
  assert.deepEqual(inputs["aliases"], [
    { name: "front-door.elb.example.test", zoneId: loadBalancerZone, evaluateTargetHealth: false },
  ]);
  assert.equal(inputs["ttl"], undefined);
  assert.equal(graph.all(types.record).filter((each) => each.inputs["type"] !== "CNAME").length, 1);
});

for (const unknowns of [false, true]) {
  test(`on the way down the name goes first, then the load balancer, and its class and certificate last (unknowns: ${unknowns})`, async () => {
    const graph = await pagesGraph({}, { preview: unknowns, unknowns });
    const order = [
      record(graph),
      graph.only(types.ingress),
      graph.only(types.ingressClass),
      graph.only(types.parameters),
      graph.only(types.validation),
    ];
    order.forEach((later, index) => {
      const needed = upstream(graph, later);
      for (const earlier of order.slice(index + 1))
        assert.ok(needed.has(earlier.urn), `${later.name} does not wait for ${earlier.name}`);
    });
  });
}

test("a preview declares what an update does", async () => {
  const urns = ({ registrations }: Graph): readonly string[] => registrations.map(({ urn }) => urn).sort();
  assert.deepEqual(urns(await pagesGraph({}, { preview: true })), urns(await pagesGraph()));
});

test("a preview goes on where the Ingress has no load balancer yet, and an update does not", async () => {
  const preview = await pagesGraph({}, { preview: true, unknowns: false, outputs: withoutBalancer });
  const [alias] = listAt(record(preview).inputs, "aliases");
  assert.equal(textAt(alias, "name"), pulumi.runtime.unknownValue);
  await assert.rejects(pagesGraph({}, { outputs: withoutBalancer }), /the Ingress has no load balancer/);
});

test("nobody needs to make a record, and no certificate is a secret of the cluster", async () => {
  const graph = await pagesGraph();
  assert.deepEqual(at(graph.outputs, "ui", "records"), []);
  assert.equal(at(graph.outputs, "ui", "certificateAuthority"), undefined);
  assert.deepEqual(
    ofKind(graph, "Secret").filter(({ inputs }) => inputs["type"] === "kubernetes.io/tls"),
    [],
  );
  assert.deepEqual(ofKind(graph, "Certificate"), []);
});

test("another server is one more call: an Ingress of the same class, and a record for each of its hosts", async () => {
  const exposure = {
    kind: "alb",
    className: "shared",
    zoneId: "Z1OWN",
    loadBalancerZoneId: "Z1AWS",
    ownCidrs: undefined,
  } as const;
  const graph = await evaluate(() => {
    for (const service of ["front-door", "gateway"]) {
      const server = { namespace: "spark-ui", service, labels: { app: service }, ports: ["http"] } as const;
      const own = {
        hosts: [`${service}.example.org`, `*.${service}.example.org`],
        healthPath: `/${service}/ping`,
      };
      expose(service, { ...server, ...own, exposure, tlsName: undefined }, {});
    }
    return Promise.resolve();
  });
  for (const service of ["front-door", "gateway"]) {
    const { inputs } = object(graph, "Ingress", service);
    assert.equal(at(inputs, "spec", "ingressClassName"), "shared");
    const hosts = [`${service}.example.org`, `*.${service}.example.org`];
    assert.deepEqual(
      listAt(inputs, "spec", "rules").map((rule) => at(rule, "host")),
      hosts,
    );
    assert.equal(
      at(inputs, "metadata", "annotations", "alb.ingress.kubernetes.io/healthcheck-path"),
      `/${service}/ping`,
    );
    for (const [name, host] of [
      [`${service}-a`, hosts[0]],
      [`${service}-a-*.${service}.example.org`, hosts[1]],
    ] as const) {
      const { inputs: found } = graph.only(types.record, name);
      assert.equal(found["name"], host);
      assert.equal(at(listAt(found, "aliases")[0], "name"), `${service}.elb.example.test`);
    }
  }
});
