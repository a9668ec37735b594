import assert from "node:assert/strict";
import { test } from "node:test";

import { recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { applicationSpec, kubernetes, localGraph, ofKind, podTemplate } from "../support/graph.ts";
import { restrictedViolations } from "../support/pod-security.ts";

const workloadKinds = ["Deployment", "Job", "CronJob"];
const container = {
  name: "main",
  securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
};
const pod = {
  securityContext: { runAsNonRoot: true, runAsUser: 1000, seccompProfile: { type: "RuntimeDefault" } },
  containers: [container],
  volumes: [{ name: "tmp", emptyDir: {} }],
};

/** One step off the standard each, and what the checker must say. */
const wrong: readonly (readonly [pod: Fields, rule: RegExp])[] = [
  [{ ...pod, containers: [] }, /no containers/],
  [{ ...pod, hostNetwork: true }, /hostNetwork/],
  [{ ...pod, volumes: [{ name: "root", hostPath: { path: "/" } }] }, /volume of type hostPath/],
  [{ ...pod, securityContext: { ...pod.securityContext, runAsUser: 0 } }, /pod: runAsUser 0/],
  [{ ...pod, securityContext: { ...pod.securityContext, runAsNonRoot: undefined } }, /main: runAsNonRoot/],
  [{ ...pod, securityContext: { runAsNonRoot: true } }, /main: seccompProfile/],
  [{ ...pod, securityContext: { ...pod.securityContext, sysctls: [{ name: "kernel.msgmax" }] } }, /sysctl/],
  [{ ...pod, containers: [{ name: "bare" }] }, /bare: allowPrivilegeEscalation/],
  [{ ...pod, initContainers: [{ name: "init" }] }, /init: capabilities.drop/],
  [withContext({ privileged: true }), /privileged/],
  [withContext({ runAsNonRoot: false }), /runAsNonRoot/],
  [withContext({ capabilities: { drop: ["ALL"], add: ["SYS_ADMIN"] } }), /capabilities.add/],
  [withContext({ procMount: "Unmasked" }), /procMount/],
  [withContext({ seccompProfile: { type: "Unconfined" } }), /seccompProfile/],
  [{ ...pod, containers: [{ ...container, ports: [{ hostPort: 80 }] }] }, /hostPort/],
];

function withContext(more: Fields): Fields {
  const securityContext = { ...container.securityContext, ...more };
  return { ...pod, containers: [{ ...container, securityContext }] };
}

test("the checker knows the standard", () => {
  assert.deepEqual(restrictedViolations(pod), []);
  for (const [spec, rule] of wrong) assert.match(restrictedViolations(spec).join("\n"), rule);
});

test("every pod that the platform writes passes Pod Security restricted", async () => {
  const graph = await localGraph();
  const workloads = workloadKinds.flatMap((kind) => ofKind(graph, kind));
  const specs = [
    ...workloads.map((each) => [each.name, recordAt(podTemplate(each), "spec")] as const),
    ...ofKind(graph, "SparkApplication").flatMap((each) =>
      ["driver", "executor"].map(
        (role) =>
          [`${each.name} ${role}`, recordAt(applicationSpec(each), role, "template", "spec")] as const,
      ),
    ),
  ];
  assert.equal(specs.length, 3 + 2 * 3);
  for (const [name, spec] of specs) assert.deepEqual(restrictedViolations(spec), [], name);
  const withPods = kubernetes(graph).filter((each) => Object.keys(podTemplate(each)).length > 0);
  assert.deepEqual(
    withPods.filter((each) => !workloads.includes(each)),
    [],
    "a kind of workload that this test does not look at",
  );
});

test("the platform's own pods have no token of the API server, no writable root and bounded memory", async () => {
  const graph = await localGraph();
  for (const kind of workloadKinds) {
    for (const workload of ofKind(graph, kind)) {
      const { name } = workload;
      const spec = recordAt(podTemplate(workload), "spec");
      assert.equal(spec["automountServiceAccountToken"], false, name);
      const containers = Array.isArray(spec["containers"]) ? spec["containers"] : [];
      for (const each of containers) {
        assert.equal(recordAt(each, "securityContext")["readOnlyRootFilesystem"], true, name);
        assert.ok(textAt(each, "resources", "limits", "memory"), name);
        assert.ok(textAt(each, "resources", "requests", "cpu"), name);
      }
    }
  }
});
