import { localGraph, object } from "../support/graph.ts";
import { at, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

export const namespace = "spark-gateway";
const url = "postgres://gateway:database-password-4711@db.test:6432/gateway";
export const postgres = { kind: "postgres", url };
export const atNodes: Fields = { kind: "node-port", host: "api.test", nodePort: 30445 };
export const behindIngress: Fields = {
  kind: "ingress",
  ingressClass: "web",
  host: "api.test",
  certificate: { kind: "cert-manager", issuer: "letsencrypt" },
};
/** A local stack with a gateway at a port of the nodes, and what else is given. */
export const gatewayGraph = (gateway: Fields = {}, keys: Fields = {}): Promise<Graph> =>
  localGraph({ gateway: { ...atNodes, ...gateway }, ...keys });

// Parts of a graph, by what they are in the cluster.
export const deployment = (graph: Graph): Fields =>
  recordAt(object(graph, "Deployment", "gateway", namespace).inputs, "spec");
export const pod = (graph: Graph): Fields => recordAt(deployment(graph), "template", "spec");
export const container = (graph: Graph): Fields => recordAt(listAt(pod(graph), "containers")[0]);
export const mark = (graph: Graph): unknown => at(deployment(graph), "template", "metadata", "annotations");
export const platform = (graph: Graph): string =>
  textAt(object(graph, "ConfigMap", "gateway-config", namespace).inputs, "data", "platform.json") ?? "";
export const secret = (graph: Graph): Fields =>
  recordAt(object(graph, "Secret", "gateway-secrets", namespace).inputs, "stringData");
export const environment = (graph: Graph): Fields =>
  Object.fromEntries(
    listAt(container(graph), "env").map((each) => [String(at(each, "name")), at(each, "value")]),
  );
export const policy = (graph: Graph): Fields =>
  recordAt(object(graph, "NetworkPolicy", "gateway", namespace).inputs, "spec");
