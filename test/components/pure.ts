import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { namespaceLabels, namespaceSelector } from "../../components/namespaces/namespace-labels.ts";
import { operatorValues, splitImage, workersOf } from "../../components/operator/operator-values.ts";
import { chartSource } from "../../components/operator/spark-operator.ts";
import { restrictedContainer, restrictedPod } from "../../components/pod-security.ts";
import { podAccess, s3aConf } from "../../components/storage/s3-access.ts";
import { externalRule } from "../../components/storage/store-network.ts";
import { emptyMaps } from "../support/graph.ts";
import { at, recordAt } from "../../local/kube/json.ts";
import { restrictedViolations } from "../support/pod-security.ts";

const s3a = "spark.hadoop.fs.s3a";

test("S3 itself needs a region and no endpoint; any other store has its address, scheme and style", () => {
  assert.deepEqual(s3aConf({ region: "eu-central-1", pathStyle: false }, "keys"), {
    [`${s3a}.aws.credentials.provider`]: "com.amazonaws.auth.EnvironmentVariableCredentialsProvider",
    [`${s3a}.endpoint.region`]: "eu-central-1",
    [`${s3a}.directory.marker.retention`]: "keep",
  });
  const conf = s3aConf({ url: "http://store:7070", region: "r", pathStyle: true }, "keys");
  assert.equal(conf[`${s3a}.endpoint`], "http://store:7070");
  assert.equal(conf[`${s3a}.connection.ssl.enabled`], "false");
  assert.equal(conf[`${s3a}.path.style.access`], "true");
});

test("where pods have an identity, S3A asks the SDK for it, and the SDK never for a node's role", () => {
  const { [`${s3a}.aws.credentials.provider`]: provider, ...conf } = s3aConf(
    { region: "eu-central-1", pathStyle: false },
    "pod-identity",
  );
  assert.equal(provider, "software.amazon.awssdk.auth.credentials.DefaultCredentialsProvider");
  assert.deepEqual(Object.keys(conf), [`${s3a}.endpoint.region`, `${s3a}.directory.marker.retention`]);
  const { env, keys } = podAccess("jobs", { region: "eu-central-1", pathStyle: false }, () => []);
  assert.deepEqual([env, keys], [{ AWS_EC2_METADATA_DISABLED: "true" }, undefined]);
});

test("properties hold no key and no secret, whatever the endpoint", () => {
  fc.assert(
    fc.property(fc.webUrl(), fc.string(), fc.boolean(), (url, region, pathStyle) => {
      const conf = s3aConf({ url, region, pathStyle }, "keys");
      assert.ok(
        Object.keys(conf).every((key) => key.startsWith(`${s3a}.`) && !/(access|secret)\.key/.test(key)),
      );
      assert.equal(conf[`${s3a}.connection.ssl.enabled`], String(url.startsWith("https:")));
    }),
  );
});

test("the policy's port is the URL's own, else the one of its scheme", () => {
  const ports = (url: string): unknown => externalRule(url).ports;
  assert.deepEqual(ports("https://s3.test"), [{ protocol: "TCP", port: 443 }]);
  assert.deepEqual(ports("http://s3.test"), [{ protocol: "TCP", port: 80 }]);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65535 }), fc.constantFrom("http", "https"), (number, scheme) => {
      assert.deepEqual(ports(`${scheme}://[fd00::1]:${number}/path`), [{ protocol: "TCP", port: number }]);
    }),
  );
});

test("the chart is the pinned version of a repository, or the folder or archive that is named", () => {
  const pinned = { chart: "spark-operator", version: "2.5.2" };
  assert.deepEqual(chartSource(), {
    ...pinned,
    repositoryOpts: { repo: "https://kubeflow.github.io/spark-operator" },
  });
  assert.deepEqual(chartSource("http://charts.test/x"), {
    ...pinned,
    repositoryOpts: { repo: "http://charts.test/x" },
  });
  assert.deepEqual(chartSource("oci://registry.test/spark-operator"), {
    chart: "oci://registry.test/spark-operator",
    version: "2.5.2",
  });
  for (const chart of [
    "/opt/charts/spark-operator",
    "./chart.tgz",
    "https://files.test/spark-operator-2.5.2.tgz",
  ])
    assert.deepEqual(chartSource(chart), { chart });
});

test("an image in three parts is the same image", () => {
  assert.deepEqual(splitImage("registry.test:5000/a/b:1.2"), {
    registry: "registry.test:5000",
    repository: "a/b",
    tag: "1.2",
  });
  const part = fc.stringMatching(/^[a-z0-9]{1,8}$/);
  const images = fc.tuple(
    fc.oneof(
      part,
      part.map((host) => `${host}:5000`),
    ),
    fc.array(part, { minLength: 1, maxLength: 3 }),
    part,
  );
  fc.assert(
    fc.property(images, ([host, path, tag]) => {
      const { registry, repository, tag: found } = splitImage(`${host}/${path.join("/")}:${tag}`);
      assert.deepEqual([registry, repository, found], [host, path.join("/"), tag]);
    }),
  );
});

const valuesArgs = {
  image: { registry: "r", repository: "p", tag: "1" },
  crdUpgradeImage: undefined,
  imagePullSecrets: [],
  jobNamespaces: ["a", "b"],
  env: {},
  s3Keys: undefined,
  sizing: { workers: 4, cpu: "1" },
};

test("the chart's values have no empty map, and the controller has keys only where the store gives some", () => {
  const values = operatorValues(valuesArgs);
  const withKeys = operatorValues({ ...valuesArgs, s3Keys: { secret: "s3-operator", mark: "0" } });
  for (const each of [values, withKeys]) assert.deepEqual(emptyMaps(each), []);
  assert.equal(at(values, "controller", "envFrom"), undefined);
  assert.deepEqual(at(withKeys, "controller", "envFrom"), [{ secretRef: { name: "s3-operator" } }]);
});

test("submissions at once are one more than the controller has CPUs, and requests to the API server keep up", () => {
  assert.deepEqual(["200m", "1", "1500m", "2", "2.5", "16"].map(workersOf), [2, 2, 3, 3, 4, 17]);
  const controller = (sizing: { cpu: string; workers?: number }): unknown[] => {
    const values = operatorValues({ ...valuesArgs, sizing });
    const { workers, kubeAPIQPS, kubeAPIBurst } = recordAt(values, "controller");
    return [workers, kubeAPIQPS, kubeAPIBurst, at(values, "controller", "workqueueRateLimiter", "bucketQPS")];
  };
  assert.deepEqual(controller({ cpu: "1" }), [2, 100, 150, 100]);
  assert.deepEqual(controller({ cpu: "1", workers: 20 }), [20, 200, 300, 200]);
});

test("other keys mean other values, so that the controller starts anew", () => {
  const mark = (text: string): unknown =>
    at(
      operatorValues({ ...valuesArgs, s3Keys: { secret: "s3-operator", mark: text } }),
      "controller",
      "annotations",
    );
  assert.notDeepEqual(mark("1"), mark("2"));
});

test("what a pod says of its security is enough for `restricted`, for any user but root", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 65535 }), (id) => {
      const containers = [{ name: "main", securityContext: restrictedContainer }];
      assert.deepEqual(restrictedViolations({ securityContext: restrictedPod(id), containers }), []);
    }),
  );
});

test("the selector of a role finds the namespaces of that role alone, that of the platform all", () => {
  const selects = (
    selector: { matchLabels: Record<string, string> },
    labels: Record<string, string>,
  ): boolean => Object.entries(selector.matchLabels).every(([key, value]) => labels[key] === value);
  for (const role of ["system", "team"] as const) {
    const labels = namespaceLabels(role, "restricted");
    assert.ok(selects(namespaceSelector(role), labels));
    assert.ok(selects(namespaceSelector(), labels));
    assert.ok(!selects(namespaceSelector(role === "team" ? "system" : "team"), labels));
    assert.ok(!selects(namespaceSelector(), {}));
  }
});
