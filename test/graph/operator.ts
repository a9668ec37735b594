import assert from "node:assert/strict";
import { test } from "node:test";

import { operatorImage } from "../../images/versions.ts";
import { applicationSpec, localGraph, nameOf, namespaceOf, ofKind, stackFile } from "../support/graph.ts";
import { at, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

const releaseOf = (graph: Graph): Fields => graph.only("kubernetes:helm.sh/v3:Release").inputs;
const host = "registry.test:5000";

test("the release is the pinned chart with our image, its CRDs upgraded with it", async () => {
  const release = releaseOf(await localGraph());
  assert.deepEqual(
    [release["name"], release["namespace"], release["chart"], release["version"]],
    ["spark-operator", "spark-operator", "spark-operator", "2.5.2"],
  );
  const { reference, ...image } = operatorImage("localhost/spark-platform");
  assert.equal(reference, `${image.registry}/${image.repository}:${image.tag}`);
  assert.deepEqual(at(release, "values", "image"), { ...image, pullSecrets: [] });
  assert.deepEqual(at(release, "values", "hook"), { upgradeCrd: true });
});

test("the loss of the webhook stops no job", async () => {
  assert.equal(at(releaseOf(await localGraph()), "values", "webhook", "failurePolicy"), "Ignore");
});

test("the operator watches the team namespaces, where the chart makes no rights of its own", async () => {
  const graph = await localGraph({ namespaces: [{ name: "analytics" }, { name: "finance" }] });
  const teams = ofKind(graph, "Namespace")
    .filter(({ inputs }) => at(inputs, "metadata", "labels", "spark-platform/role") === "team")
    .map(nameOf);
  assert.deepEqual(at(releaseOf(graph), "values", "spark"), {
    jobNamespaces: teams,
    serviceAccount: { create: false },
    rbac: { create: false },
  });
  assert.deepEqual(teams, ["analytics", "finance"]);
});

test("controller and webhook have requests and limits; memory grows with the workers", async () => {
  const memory = async (workers: number): Promise<unknown> => {
    const release = releaseOf(await localGraph({ operator: { workers, cpu: "2" } }));
    const resources = recordAt(release, "values", "controller", "resources");
    assert.equal(at(resources, "requests", "cpu"), "2");
    assert.deepEqual(at(resources, "limits", "memory"), at(resources, "requests", "memory"));
    assert.equal(at(release, "values", "controller", "workers"), workers);
    return at(resources, "limits", "memory");
  };
  assert.deepEqual([await memory(1), await memory(10)], ["700Mi", "4300Mi"]);
  // Without `workers`, what two CPUs keep busy and one more.
  const byDefault = recordAt(releaseOf(await localGraph({ operator: { cpu: "2" } })), "values", "controller");
  assert.equal(byDefault["workers"], 3);
  assert.equal(at(byDefault, "resources", "limits", "memory"), "1500Mi");
  const webhook = recordAt(releaseOf(await localGraph()), "values", "webhook", "resources");
  assert.ok(at(webhook, "requests", "cpu") !== undefined && at(webhook, "limits", "memory") !== undefined);
});

test("the controller has the keys of `operator` from the secret in its namespace", async () => {
  const graph = await localGraph();
  assert.deepEqual(at(releaseOf(graph), "values", "controller", "envFrom"), [
    { secretRef: { name: "s3-operator" } },
  ]);
  const secrets = ofKind(graph, "Secret").filter((each) => namespaceOf(each) === "spark-operator");
  assert.deepEqual(secrets.map(nameOf), ["s3-operator"]);
  const mark = at(releaseOf(graph), "values", "controller", "annotations", "spark-platform/s3-key");
  assert.match(String(mark), /^[0-9a-f]{16}$/);
});

test("the registry's credentials are where its images are pulled, and whatever pulls one names them", async () => {
  const graph = await localGraph({
    registry: { kind: "existing", host, pull: { username: "robot", password: "secret" } },
  });
  const pull = ofKind(graph, "Secret").filter((each) => nameOf(each) === "image-pull");
  assert.deepEqual(pull.map(namespaceOf).sort(), ["analytics", "spark-operator"]);
  for (const { inputs } of pull) {
    assert.equal(inputs["type"], "kubernetes.io/dockerconfigjson");
    const auth = Buffer.from("robot:secret").toString("base64");
    assert.deepEqual(parseJson(textAt(inputs, "stringData", ".dockerconfigjson") ?? ""), {
      auths: { [host]: { username: "robot", password: "secret", auth } },
    });
  }
  const named = [{ name: "image-pull" }];
  for (const { name, inputs } of ofKind(graph, "ServiceAccount"))
    assert.deepEqual(inputs["imagePullSecrets"], named, name);
  const applications = ofKind(graph, "SparkApplication");
  assert.equal(applications.length, 3);
  for (const each of applications) {
    assert.deepEqual(applicationSpec(each)["imagePullSecrets"], ["image-pull"], each.name);
    assert.ok(
      String(applicationSpec(each)["image"]).startsWith(`${host}/spark-platform/spark:4.0.4-`),
      each.name,
    );
  }
  assert.deepEqual(at(releaseOf(graph), "values", "image", "pullSecrets"), named);
});

test("without credentials nothing names a secret that is not there", async () => {
  const graph = await localGraph();
  assert.doesNotMatch(JSON.stringify(graph.registrations), /image-pull/);
});

test("the chart may come from a mirror, and the image that upgrades the CRDs from another registry", async () => {
  const operator = {
    ...recordAt(stackFile("local"), "operator"),
    chart: "https://charts.test/mirror",
    crdUpgradeImage: "registry.test:5000/kubeflow/kubectl:2.5.2",
  };
  const release = releaseOf(await localGraph({ operator }));
  assert.deepEqual(release["repositoryOpts"], { repo: "https://charts.test/mirror" });
  assert.equal(release["version"], "2.5.2");
  assert.deepEqual(at(release, "values", "hook"), {
    upgradeCrd: true,
    image: { registry: "registry.test:5000", repository: "kubeflow/kubectl", tag: "2.5.2" },
  });
});
