import assert from "node:assert/strict";
import { test } from "node:test";

import {
  applicationSpec,
  evaluateStack,
  localGraph,
  nameOf,
  namespaceOf,
  object,
  ofKind,
  stackFile,
  texts,
  upstream,
} from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";

const registry = { kind: "in-cluster", host: "registry.test", nodePort: 30500 };
const host = "registry.test:30500";
const images = { registry: "public.test/spark-platform" };
const job = (image: string): Fields => ({
  report: { namespace: "analytics", image, code: { inline: "pass" } },
});
const withRegistry = (more: Fields = {}, keys: Fields = {}): Promise<Graph> =>
  localGraph({ registry: { ...registry, ...more }, images, ...keys });

/** Users that the server knows, with their hashes. */
function knownUsers(graph: Graph): ReadonlyMap<string, string> {
  const secret = object(graph, "Secret", "registry-users", "spark-registry");
  const lines = (textAt(secret.inputs, "stringData", "htpasswd") ?? "").trimEnd().split("\n");
  return new Map(
    lines.map((line) => {
      const [name = "", hash = ""] = line.split(":");
      return [name, hash];
    }),
  );
}

/** Who pulls, by the pull secret of a team. */
function puller(graph: Graph): unknown {
  const secret = object(graph, "Secret", "image-pull", "analytics");
  const config = parseJson(textAt(secret.inputs, "stringData", ".dockerconfigjson") ?? "");
  return at(config, "auths", host, "username");
}

/** What a change of the pod's template makes the cluster do: a new pod. */
const template = (graph: Graph): string =>
  JSON.stringify(recordAt(object(graph, "Deployment", "registry").inputs, "spec", "template"));

test("each role has a password in use, the next one is known beforehand, and the last one still opens", async () => {
  const first = await withRegistry();
  assert.deepEqual([...knownUsers(first).keys()], ["push-1", "push-2", "pull-1", "pull-2"]);
  assert.equal(puller(first), "pull-1");
  const second = await withRegistry({ passwords: { pull: 2 } });
  assert.deepEqual([...knownUsers(second).keys()], ["push-1", "push-2", "pull-1", "pull-2", "pull-3"]);
  assert.equal(puller(second), "pull-2");
  // The same resource keeps the same password: whoever holds one is let in before, during and after the change.
  for (const name of ["pull-1", "pull-2", "push-1"])
    assert.equal(knownUsers(second).get(name), knownUsers(first).get(name), name);
  const third = await withRegistry({ passwords: { pull: 3 } });
  assert.ok(!knownUsers(third).has("pull-1"));
  for (const hash of knownUsers(third).values()) assert.match(hash, /^\$2a\$/);
});

test("a new password changes the pull secrets in their place: none is gone for a moment", async () => {
  const provider = (await withRegistry()).only("pulumi:providers:kubernetes").inputs;
  assert.equal(provider["enableSecretMutable"], "true");
});

test("a new password starts no new pod of the registry, another name does", async () => {
  const before = template(await withRegistry());
  assert.equal(template(await withRegistry({ passwords: { push: 7, pull: 2 } })), before);
  assert.notEqual(template(await withRegistry({ host: "images.test" })), before);
});

test("jobs pull from it: an image without a host is one of it, one with a host is left alone", async () => {
  for (const [given, expected] of [
    ["team/app:1", `${host}/team/app:1`],
    ["quay.test/team/app:1", "quay.test/team/app:1"],
  ] as const) {
    const graph = await withRegistry({}, { jobs: job(given) });
    const spec = applicationSpec(object(graph, "SparkApplication", "report"));
    assert.equal(spec["image"], expected);
    assert.deepEqual(spec["imagePullSecrets"], ["image-pull"]);
  }
});

test("jobs and the operator wait for it, and it waits for the bucket", async () => {
  const graph = await withRegistry({}, { jobs: job("team/app:1") });
  const server = object(graph, "Deployment", "registry");
  assert.ok(upstream(graph, object(graph, "SparkApplication", "report")).has(server.urn));
  assert.ok(upstream(graph, graph.only("kubernetes:helm.sh/v3:Release")).has(server.urn));
  assert.ok(upstream(graph, server).has(graph.only("kubernetes:batch/v1:Job").urn));
});

test("its pod holds the keys of the registry and writes nothing to itself", async () => {
  const graph = await withRegistry();
  const pod = recordAt(object(graph, "Deployment", "registry").inputs, "spec", "template", "spec");
  const [distribution, nginx] = listAt(pod, "containers");
  assert.deepEqual(listAt(distribution, "envFrom"), [{ secretRef: { name: "s3-registry" } }]);
  assert.deepEqual(listAt(nginx, "envFrom"), []);
  assert.deepEqual(
    ofKind(graph, "Secret")
      .filter((each) => namespaceOf(each) === "spark-registry")
      .map(nameOf)
      .sort(),
    ["registry-tls", "registry-users", "s3-registry"],
  );
  const volumes = listAt(pod, "volumes").map((volume) => Object.keys(recordAt(volume)).sort());
  assert.deepEqual(volumes, [
    ["configMap", "name"],
    ["name", "secret"],
    ["name", "secret"],
    ["emptyDir", "name"],
  ]);
});

test("images go to the bucket below registry/, and layers come through the registry, not from the store", async () => {
  const graph = await withRegistry();
  const files = recordAt(object(graph, "ConfigMap", "registry-config").inputs, "data");
  const config = parseJson(String(files["distribution.yml"]));
  assert.deepEqual(recordAt(config, "storage", "s3"), {
    bucket: "spark",
    region: "us-east-1",
    rootdirectory: "/registry",
    regionendpoint: "http://store.spark-storage.svc.cluster.local:7070",
    secure: false,
    forcepathstyle: true,
  });
  assert.equal(at(config, "storage", "redirect", "disable"), true);
  assert.equal(at(config, "http", "addr"), "127.0.0.1:5000");
  assert.equal(at(config, "http", "host"), `https://${host}`);
  assert.match(String(files["nginx.conf"]), /listen 8443 ssl;/);
});

test("it answers at the port of the nodes, or else at a load balancer, under a name of its certificate", async () => {
  const service = (graph: Graph): Fields => recordAt(object(graph, "Service", "registry").inputs, "spec");
  const atNodes = service(await withRegistry());
  assert.equal(atNodes["type"], "NodePort");
  assert.equal(at(listAt(atNodes, "ports")[0], "nodePort"), 30500);
  const balanced = await withRegistry({ nodePort: undefined });
  assert.equal(service(balanced)["type"], "LoadBalancer");
  assert.equal(at(balanced.outputs, "registry", "host"), "registry.test");
  const request = (await withRegistry()).only("tls:index/certRequest:CertRequest");
  assert.deepEqual(request.inputs["dnsNames"], ["registry.test"]);
});

test("the certificate is renewed months before it ends, by an authority that outlives it", async () => {
  const graph = await withRegistry();
  const leaf = graph.only("tls:index/locallySignedCert:LocallySignedCert").inputs;
  const authority = graph.only("tls:index/selfSignedCert:SelfSignedCert").inputs;
  assert.equal(leaf["validityPeriodHours"], 365 * 24);
  assert.equal(leaf["earlyRenewalHours"], 120 * 24);
  assert.equal(leaf["isCaCertificate"], undefined);
  assert.deepEqual(leaf["allowedUses"], ["digital_signature", "server_auth"]);
  assert.equal(authority["isCaCertificate"], true);
  assert.equal(authority["validityPeriodHours"], 10 * 365 * 24);
});

test("the output tells who pushes where; its password is the one secret among the outputs", async () => {
  const { outputs, secretOutputs } = await withRegistry({ passwords: { push: 4 } });
  const output = recordAt(outputs, "registry");
  assert.deepEqual(Object.keys(output).sort(), ["certificateAuthority", "host", "platformImages", "push"]);
  assert.equal(output["host"], host);
  assert.equal(output["platformImages"], images.registry);
  assert.equal(textAt(output, "push", "username"), "push-4");
  assert.match(textAt(output, "certificateAuthority") ?? "", /^-----BEGIN CERTIFICATE-----/);
  assert.deepEqual(secretOutputs, ["registry.push.password"]);
});

test("passwords and keys are in Kubernetes secrets and the tls provider's own resources alone", async () => {
  for (const preview of [false, true]) {
    const config = { ...stackFile("local"), registry, images };
    const graph = await evaluateStack(config, { preview, unknowns: false });
    const secrets = graph.registrations.flatMap(({ inputs, secrets: paths, type }) =>
      texts(inputs)
        .filter(([path]) => paths.some((secret) => path === secret || path.startsWith(`${secret}.`)))
        .map(([path, text]) => ({ type, path, text })),
    );
    const kinds = new Set(secrets.map(({ type }) => type));
    assert.deepEqual([...kinds].sort(), [
      "kubernetes:core/v1:Secret",
      "tls:index/certRequest:CertRequest",
      "tls:index/locallySignedCert:LocallySignedCert",
      "tls:index/selfSignedCert:SelfSignedCert",
    ]);
    const plain = JSON.stringify(
      graph.registrations.filter(
        ({ type }) => type !== "kubernetes:core/v1:Secret" && !type.startsWith("tls:"),
      ),
    );
    for (const hash of knownUsers(graph).values()) assert.ok(!plain.includes(hash));
  }
});

test("one that exists is not made", async () => {
  const graph = await localGraph({ registry: { kind: "existing", host: "harbor.test" } });
  assert.doesNotMatch(JSON.stringify(graph.registrations), /spark-registry|tls:index|image-pull/);
  assert.deepEqual(graph.outputs["registry"], {
    host: "harbor.test",
    platformImages: "harbor.test/spark-platform",
  });
  assert.deepEqual((await localGraph()).outputs["registry"], { platformImages: "localhost/spark-platform" });
});
