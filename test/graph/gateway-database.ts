import assert from "node:assert/strict";
import { test } from "node:test";

import { namespaceOf, object, ofKind, texts } from "../support/graph.ts";
import { at, listAt, recordAt } from "../../local/kube/json.ts";
import { deployment, environment, gatewayGraph, namespace, pod, postgres } from "./gateway-stack.ts";

test("with the embedded database one pod at a time has the volume", async () => {
  const graph = await gatewayGraph({
    database: { kind: "embedded", volume: { kind: "claim", size: "3Gi", storageClass: "fast" } },
  });
  assert.equal(deployment(graph)["replicas"], 1);
  assert.deepEqual(deployment(graph)["strategy"], { type: "Recreate" });
  const claim = recordAt(object(graph, "PersistentVolumeClaim", "gateway-data", namespace).inputs, "spec");
  assert.equal(at(claim, "resources", "requests", "storage"), "3Gi");
  assert.equal(claim["storageClassName"], "fast");
  const volume = listAt(pod(graph), "volumes").find((each) => at(each, "name") === "data");
  assert.equal(at(volume, "persistentVolumeClaim", "claimName"), "gateway-data");
  assert.equal(environment(graph)["DATA_FOLDER"], "/var/lib/gateway");
  assert.equal(environment(graph)["DATABASE_URL_FILE"], undefined);
  for (const kind of ["PodDisruptionBudget", "HorizontalPodAutoscaler"])
    assert.deepEqual(ofKind(graph, kind), [], kind);
});

test("a folder of a node holds it where there is no storage class, beside the store's own", async () => {
  const volume = { kind: "node", path: "/var/lib/gateway", node: "node-1", size: "1Gi" };
  const graph = await gatewayGraph({ database: { kind: "embedded", volume } });
  const { spec } = object(graph, "PersistentVolume", "spark-gateway-data").inputs;
  assert.deepEqual(at(spec, "claimRef"), { namespace, name: "gateway-data" });
});

test("with PostgreSQL there are two pods and more, and one of them always serves", async () => {
  const graph = await gatewayGraph({ database: postgres });
  assert.equal(deployment(graph)["replicas"], undefined, "the autoscaler's to say");
  assert.deepEqual(at(deployment(graph), "strategy", "rollingUpdate"), { maxSurge: 1, maxUnavailable: 0 });
  const scaler = recordAt(object(graph, "HorizontalPodAutoscaler", "gateway", namespace).inputs, "spec");
  assert.deepEqual([scaler["minReplicas"], scaler["maxReplicas"]], [2, 6]);
  assert.equal(at(scaler, "scaleTargetRef", "name"), "gateway");
  const budget = recordAt(object(graph, "PodDisruptionBudget", "gateway", namespace).inputs, "spec");
  const labels = at(deployment(graph), "template", "metadata", "labels");
  assert.equal(budget["maxUnavailable"], 1);
  assert.deepEqual(at(budget, "selector", "matchLabels"), labels);
  for (const each of listAt(pod(graph), "topologySpreadConstraints"))
    assert.deepEqual(at(each, "labelSelector", "matchLabels"), labels);
  assert.equal(environment(graph)["DATA_FOLDER"], undefined);
  assert.deepEqual(
    ofKind(graph, "PersistentVolumeClaim").filter((each) => namespaceOf(each) === namespace),
    [],
  );
});

test("the database's URL is in the gateway's secret alone, and secret there", async () => {
  const graph = await gatewayGraph({ database: postgres });
  const holders = graph.registrations.flatMap(({ name, inputs, secrets }) =>
    texts(inputs)
      .filter(([, text]) => text.includes("database-password-4711"))
      .map(([path]) => [name, path, secrets.some((each) => path.startsWith(each))]),
  );
  assert.deepEqual(holders, [["gateway-secret", "stringData.database-url", true]]);
});
