import assert from "node:assert/strict";
import { test } from "node:test";

import { historyTimeoutMs } from "../../gateway/src/ui/history-pages.ts";
import { object } from "../support/graph.ts";
import { at, listAt, recordAt } from "../../local/kube/json.ts";
import { pagesGraph } from "./aws-graph.ts";
import { types } from "./aws-types.ts";

test("the class is one of EKS Auto Mode, and all its Ingresses share a load balancer", async () => {
  const graph = await pagesGraph();
  const parameters = graph.only(types.parameters).inputs;
  const name = at(parameters, "metadata", "name");
  assert.equal(parameters["apiVersion"], "eks.amazonaws.com/v1");
  assert.deepEqual(at(parameters, "spec", "group"), { name });
  assert.deepEqual(at(graph.only(types.ingressClass).inputs, "spec"), {
    controller: "eks.amazonaws.com/alb",
    parameters: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name },
  });
});

test("the load balancer shows the certificate, and takes no TLS before 1.2 and nobody from elsewhere", async () => {
  const graph = await pagesGraph({ scheme: "internal", allowedCidrs: ["10.0.0.0/8", "172.16.0.0/12"] });
  const spec = recordAt(graph.only(types.parameters).inputs, "spec");
  assert.deepEqual(spec["certificateARNs"], [graph.only(types.validation).inputs["certificateArn"]]);
  assert.match(String(spec["sslPolicy"]), /^ELBSecurityPolicy-TLS13-1-2-Res-/);
  assert.equal(spec["scheme"], "internal");
  assert.deepEqual(spec["inboundCIDRs"], ["10.0.0.0/8", "172.16.0.0/12"]);
});

test("it waits longer for a page than the gateway does", async () => {
  const graph = await pagesGraph();
  const attributes = listAt(graph.only(types.parameters).inputs, "spec", "loadBalancerAttributes");
  const idle = attributes.find((each) => at(each, "key") === "idle_timeout.timeout_seconds");
  assert.ok(Number(at(idle, "value")) > historyTimeoutMs / 1000);
});

test("only Ingresses in the platform's own namespaces may be of the class", async () => {
  const graph = await pagesGraph();
  const selector = recordAt(graph.only(types.parameters).inputs, "spec", "namespaceSelector", "matchLabels");
  assert.notDeepEqual(selector, {});
  const labels = recordAt(object(graph, "Namespace", "spark-ui").inputs, "metadata", "labels");
  for (const [label, value] of Object.entries(selector)) assert.equal(labels[label], value, label);
  assert.equal(selector["spark-platform/role"], "system");
});

test("no range at all is refused: for AWS it would mean everybody", () =>
  assert.rejects(pagesGraph({ allowedCidrs: [] }), /\[allowedCidrs\] must name a range/));
