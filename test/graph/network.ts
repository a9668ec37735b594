import assert from "node:assert/strict";
import { test } from "node:test";

import { localGraph, nameOf, namespaceOf, object, ofKind, podTemplate } from "../support/graph.ts";
import { at, listAt, recordAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

const namespaces = [{ name: "analytics", egress: ["10.1.0.0/16", "fd00::/8"] }, { name: "finance" }];
const teams = localGraph({ namespaces });

const policy = (graph: Graph, name: string, namespace: string): Fields =>
  recordAt(object(graph, "NetworkPolicy", name, namespace).inputs, "spec");

const dnsPods = {
  namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "kube-system" } },
  podSelector: { matchLabels: { "k8s-app": "kube-dns" } },
};

const portsOf = (rule: unknown): readonly unknown[] => listAt(rule, "ports").map((port) => at(port, "port"));

test("every namespace begins with nothing in and nothing out but names", async () => {
  const graph = await teams;
  const all = ofKind(graph, "Namespace").map(nameOf);
  assert.equal(all.length, 4);
  for (const namespace of all) {
    const dns = [
      { protocol: "UDP", port: 53 },
      { protocol: "TCP", port: 53 },
    ];
    assert.deepEqual(policy(graph, "default-deny", namespace), {
      podSelector: {},
      policyTypes: ["Ingress", "Egress"],
      egress: [{ to: [dnsPods, { ipBlock: { cidr: "169.254.20.10/32" } }], ports: dns }],
    });
  }
});

test("names come from where the stack says as well", async () => {
  const graph = await localGraph({ cluster: { identifier: "local", dns: ["10.98.0.1/32", "fd00::a/128"] } });
  for (const namespace of ofKind(graph, "Namespace").map(nameOf)) {
    const [names, ...others] = listAt(policy(graph, "default-deny", namespace), "egress");
    assert.deepEqual(others, []);
    assert.deepEqual(
      listAt(names, "to"),
      [
        dnsPods,
        ...["169.254.20.10/32", "10.98.0.1/32", "fd00::a/128"].map((cidr) => ({ ipBlock: { cidr } })),
      ],
      namespace,
    );
  }
});

test("no policy lets a pod reach port 53 of any address", async () => {
  for (const { name, inputs } of ofKind(await teams, "NetworkPolicy")) {
    for (const rule of listAt(inputs, "spec", "egress")) {
      const ports = portsOf(rule);
      // A rule without ports is about all of them, one without peers about all addresses.
      if (ports.length === 0 || ports.includes(53)) assert.notDeepEqual(listAt(rule, "to"), [], name);
    }
  }
});

test("every policy speaks of both directions: what it leaves out is denied", async () => {
  for (const each of ofKind(await teams, "NetworkPolicy")) {
    assert.deepEqual(listAt(each.inputs, "spec", "policyTypes"), ["Ingress", "Egress"], each.name);
  }
});

test("two teams are isolated: only pods of their own namespace and the platform's come in", async () => {
  const graph = await teams;
  for (const { name: namespace } of namespaces) {
    const froms = ofKind(graph, "NetworkPolicy")
      .filter((each) => namespaceOf(each) === namespace)
      .flatMap(({ inputs }) => listAt(inputs, "spec", "ingress"))
      .map((rule) => [listAt(rule, "from"), portsOf(rule)]);
    const sparkPods = {
      matchExpressions: [{ key: "spark-role", operator: "In", values: ["driver", "executor"] }],
    };
    const gateway = {
      namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "spark-gateway" } },
      podSelector: {
        matchLabels: { "app.kubernetes.io/name": "gateway", "app.kubernetes.io/part-of": "spark-platform" },
      },
    };
    // A podSelector without a namespaceSelector means the policy's own namespace.
    assert.deepEqual(
      froms.sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? 1 : -1)),
      [
        [[{ podSelector: sparkPods }], []],
        [[gateway], [4040]],
      ],
    );
  }
});

test("jobs reach each other, the store and the ranges of their team, drivers the API server too", async () => {
  const graph = await teams;
  const egress = (name: string, namespace: string): readonly unknown[] =>
    listAt(policy(graph, name, namespace), "egress");
  const store = {
    to: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "spark-storage" } } }],
    ports: [{ protocol: "TCP", port: 7070 }],
  };
  const [own, toStore, ...outside] = egress("spark", "analytics");
  assert.deepEqual(Object.keys(recordAt(listAt(own, "to")[0])), ["podSelector"]);
  assert.deepEqual(toStore, store);
  assert.deepEqual(outside, [
    { to: [{ ipBlock: { cidr: "10.1.0.0/16" } }, { ipBlock: { cidr: "fd00::/8" } }] },
  ]);
  assert.equal(egress("spark", "finance").length, 2, "another team's ranges are not this team's");
  assert.deepEqual(egress("spark-driver", "finance").map(portsOf), [[443, 6443]]);
  assert.deepEqual(recordAt(policy(graph, "spark-driver", "finance"), "podSelector"), {
    matchLabels: { "spark-role": "driver" },
  });
});

test("the store answers the platform's namespaces alone", async () => {
  const { podSelector, ingress } = policy(await teams, "store", "spark-storage");
  const deployment = object(await teams, "Deployment", "store");
  const selected = recordAt(podSelector, "matchLabels");
  const labels = recordAt(deployment.inputs, "spec", "template", "metadata", "labels");
  assert.deepEqual({ ...labels, ...selected }, labels);
  assert.deepEqual(ingress, [
    {
      from: [{ namespaceSelector: { matchLabels: { "app.kubernetes.io/part-of": "spark-platform" } } }],
      ports: [{ port: 7070 }],
    },
  ]);
});

test("the policy of the set-up selects the pods that work on the bucket, and lets them reach the store", async () => {
  const graph = await teams;
  const spec = policy(graph, "bucket-setup", "spark-storage");
  const selected = recordAt(spec, "podSelector", "matchLabels");
  assert.ok(Object.keys(selected).length > 0);
  const workloads = [...ofKind(graph, "Job"), ...ofKind(graph, "CronJob")];
  assert.equal(workloads.length, 2);
  for (const each of workloads) {
    const labels = recordAt(podTemplate(each), "metadata", "labels");
    assert.deepEqual({ ...labels, ...selected }, labels, each.name);
  }
  assert.deepEqual(listAt(spec, "egress").map(portsOf), [[7070]]);
});
