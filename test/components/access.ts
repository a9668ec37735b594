import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { clusterDns } from "../../components/cluster/cluster-dns.ts";
import { createObjectStore, type StorageConfig } from "../../components/storage/create-object-store.ts";
import { s3Purposes, type S3Access, type S3Keys } from "../../components/storage/object-store.ts";
import { listAt } from "../../local/kube/json.ts";
import { evaluate } from "../support/mocks.ts";

const common = { bucket: "spark", region: "r", objects: {} };
const keys = (purpose: string): S3Keys => ({
  accessKeyId: pulumi.output(`${purpose}-id`),
  secretAccessKey: pulumi.secret(`${purpose}-secret`),
});

/** Each kind of store, made inside of the evaluation. */
const stores: Readonly<Record<StorageConfig["kind"], () => StorageConfig>> = {
  "in-cluster": () => ({ ...common, kind: "in-cluster", volume: { kind: "claim", size: "1Gi" } }),
  existing: () => ({
    ...common,
    kind: "existing",
    endpoint: "https://s3.test",
    pathStyle: true,
    adminKeys: keys("admin"),
    keys: {
      jobs: keys("jobs"),
      history: keys("history"),
      operator: keys("operator"),
      registry: keys("registry"),
      gateway: keys("gateway"),
    },
  }),
};

/** What the access of every purpose is, resolved. */
async function accesses(config: () => StorageConfig): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  await evaluate(async () => {
    const store = createObjectStore("store", config(), clusterDns([]), {});
    for (const purpose of s3Purposes) found.push(await described(store.access(purpose)));
  });
  return found;
}

async function described(access: S3Access): Promise<unknown> {
  const { purpose, keys: podKeys, sparkConf } = access;
  assert.ok(podKeys);
  assert.deepEqual(access.bind("x", { namespace: "a", serviceAccount: "b" }, {}), [], "keys need no binding");
  const { secret, secretEnv } = podKeys;
  const values = Object.entries(secret.data).map(async ([key, value]): Promise<[string, boolean]> => [
    key,
    await pulumi.isSecret(value),
  ]);
  return {
    purpose,
    secret: secret.name,
    isSecret: Object.fromEntries(await Promise.all(values)),
    env: Object.entries(secretEnv).map(([variable, ref]) => [variable, ref.secret, ref.key]),
    plainEnv: access.env,
    sparkConfIsSecret: await pulumi.isSecret(sparkConf),
  };
}

for (const [kind, config] of Object.entries(stores)) {
  test(`${kind}: each purpose has a secret of its own, its key is secret, its properties are not`, async () => {
    assert.deepEqual(
      await accesses(config),
      s3Purposes.map((purpose) => ({
        purpose,
        secret: `s3-${purpose}`,
        isSecret: { AWS_ACCESS_KEY_ID: false, AWS_SECRET_ACCESS_KEY: true },
        env: [
          ["AWS_ACCESS_KEY_ID", `s3-${purpose}`, "AWS_ACCESS_KEY_ID"],
          ["AWS_SECRET_ACCESS_KEY", `s3-${purpose}`, "AWS_SECRET_ACCESS_KEY"],
        ],
        plainEnv: {},
        sparkConfIsSecret: false,
      })),
    );
  });
}

test("generated keys differ for each purpose, and an id says what it is for", async () => {
  const graph = await evaluate(() => {
    const store = createObjectStore("store", stores["in-cluster"](), clusterDns([]), {});
    const outputs = s3Purposes.map(
      (purpose) => store.access(purpose).keys?.secret.data["AWS_ACCESS_KEY_ID"] ?? "",
    );
    return Promise.resolve({ ids: outputs });
  });
  const ids = listAt(graph.outputs, "ids").map(String);
  assert.equal(new Set(ids).size, s3Purposes.length);
  s3Purposes.forEach((purpose, index) => {
    assert.match(ids[index] ?? "", new RegExp(`^${purpose}-[0-9a-z]{12}$`));
  });
});

test("a node's folder becomes a local volume that keeps its data and is bound to the store's claim alone", async () => {
  const volume = { kind: "node", path: "/var/lib/store", node: "node-1", size: "5Gi" } as const;
  const graph = await evaluate(() =>
    Promise.resolve(
      createObjectStore("store", { ...common, kind: "in-cluster", volume }, clusterDns([]), {}),
    ),
  );
  const { spec } = graph.only("kubernetes:core/v1:PersistentVolume").inputs;
  assert.deepEqual(spec, {
    accessModes: ["ReadWriteOnce"],
    capacity: { storage: "5Gi" },
    storageClassName: "",
    persistentVolumeReclaimPolicy: "Retain",
    local: { path: "/var/lib/store" },
    claimRef: { namespace: "spark-storage", name: "store-data" },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: ["node-1"] }] },
        ],
      },
    },
  });
});
