import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import type { KubeconfigTargetArgs } from "../../components/target/kubeconfig-target.ts";
import { loadConfig, type PlatformConfig } from "../../config.ts";
import { standardDefaults } from "../../jobs/manifest/index.ts";
import type { Fields } from "../../local/kube/json.ts";
import { evaluate } from "../support/mocks.ts";
import { existing, read, right } from "./read.ts";

async function configOf(config: Fields): Promise<PlatformConfig> {
  const found = await read(config);
  assert.ok(!(found instanceof pulumi.RunError), found instanceof Error ? found.message : "");
  return found;
}

function kubeconfigOf({ target }: PlatformConfig): KubeconfigTargetArgs {
  assert.ok(target.kind === "kubeconfig");
  return target;
}

const targetOf = async (config: Fields): Promise<KubeconfigTargetArgs> =>
  kubeconfigOf(await configOf(config));

test("a stack that names its namespaces has all the rest by default", async () => {
  assert.deepEqual(await configOf(right), {
    target: {
      kind: "kubeconfig",
      cluster: { kubeconfig: undefined, context: undefined, identifier: "test", dns: [] },
      storage: {
        kind: "in-cluster",
        bucket: "spark",
        region: "us-east-1",
        objects: {},
        volume: { kind: "claim", size: "20Gi" },
      },
      registry: { kind: "none" },
      ui: undefined,
      gateway: undefined,
    },
    imageRegistry: "localhost/spark-platform",
    sparkVersions: ["4.0.4", "3.5.8"],
    namespaces: [
      {
        name: "analytics",
        quota: { cpu: "16", memory: "64Gi", pods: 100, storage: "1Ti", ephemeralStorage: "100Gi" },
        egress: [],
      },
    ],
    operator: { cpu: "1" },
    jobDefaults: standardDefaults,
    jobs: [],
  });
});

test("the cluster's identity is what is said, else its context, else the stack", async () => {
  const identifier = async (cluster: Fields): Promise<string> =>
    (await targetOf({ ...right, cluster })).cluster.identifier;
  assert.equal(await identifier({ identifier: "one", context: "two" }), "one");
  assert.equal(await identifier({ context: "two" }), "two");
  assert.equal(await identifier({}), "test");
});

test("the platform's images are where the stack says, else in its registry", async () => {
  const imagesOf = async (config: Fields): Promise<string> =>
    (await configOf({ ...right, ...config })).imageRegistry;
  const host = "registry.example.org";
  assert.equal(await imagesOf({ registry: { kind: "existing", host } }), `${host}/spark-platform`);
  assert.equal(await imagesOf({ registry: { kind: "in-cluster", host } }), `${host}/spark-platform`);
  const registry = { kind: "in-cluster", host, nodePort: 30500 };
  assert.equal(await imagesOf({ registry }), `${host}:30500/spark-platform`);
  assert.equal(await imagesOf({ registry, images: { registry: "quay.io/us" } }), "quay.io/us");
});

test("a kubeconfig's text goes before its path, and is a secret", async () => {
  const secrets: boolean[] = [];
  await evaluate(
    async () => {
      const { cluster, registry, storage, gateway } = kubeconfigOf(loadConfig());
      const users = registry.kind === "existing" ? [registry.pull, registry.push] : [];
      const keys = storage.kind === "existing" ? [storage.adminKeys, ...Object.values(storage.keys)] : [];
      const passwords = users.map((user) => user?.password);
      const database = gateway?.database.kind === "postgres" ? [gateway.database.url] : [];
      const pairs = keys.map((pair) => pair.secretAccessKey);
      for (const value of [cluster.kubeconfig, ...passwords, ...pairs, ...database])
        secrets.push(await pulumi.isSecret(pulumi.output(value)));
    },
    {
      config: {
        ...right,
        cluster: { kubeconfig: "apiVersion: v1", kubeconfigPath: "/a" },
        registry: {
          kind: "existing",
          host: "harbor.test",
          pull: { username: "a", password: "b" },
          push: { username: "a", password: "b" },
        },
        storage: existing,
        gateway: {
          kind: "load-balancer",
          host: "api.test",
          database: { kind: "postgres", url: "postgres://a:b@db.test/c" },
        },
      },
    },
  );
  assert.deepEqual(
    secrets,
    Array.from({ length: 10 }, () => true),
  );
  const { cluster } = await targetOf({ ...right, cluster: { kubeconfigPath: "~/.kube/config" } });
  assert.equal(cluster.kubeconfig, "~/.kube/config");
});

test("the stack's defaults of jobs are laid over the standard ones, field by field", async () => {
  const { jobDefaults } = await configOf({
    ...right,
    jobDefaults: {
      driver: { memory: "3g" },
      restart: { retries: 2 },
      env: { LEVEL: 3 },
      timeToLiveSeconds: 60,
    },
  });
  assert.deepEqual(jobDefaults, {
    ...standardDefaults,
    driver: { ...standardDefaults.driver, memory: "3g" },
    restart: { ...standardDefaults.restart, retries: 2 },
    env: { LEVEL: "3" },
    timeToLiveSeconds: 60,
  });
});

test("objects are read: the key in the bucket and the file's text", async () => {
  const objects = { "datasets/examples/raven.txt": "examples/data/raven.txt" };
  const { storage } = await targetOf({ ...right, storage: { kind: "in-cluster", objects } });
  assert.deepEqual(Object.keys(storage.objects), ["datasets/examples/raven.txt"]);
  assert.match(storage.objects["datasets/examples/raven.txt"] ?? "", /midnight dreary/i);
});

test("keys of other projects and providers are not the stack's", async () => {
  const config = { "other:target": "aws", "kubernetes:context": "x" };
  await evaluate(() => {
    pulumi.runtime.setAllConfig({ ...config, "spark-platform:namespaces": '[{"name":"analytics"}]' });
    assert.equal(loadConfig().namespaces.length, 1);
    return Promise.resolve();
  }, {});
});

test("an empty key says nothing, as Pulumi.yaml has it for what a stack leaves out", async () => {
  const empty = {
    cluster: {},
    storage: {},
    registry: {},
    ui: {},
    operator: {},
    jobDefaults: {},
    jobs: {},
    aws: {},
    domain: {},
  };
  assert.deepEqual(await configOf({ ...right, ...empty }), await configOf(right));
});
