import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import type { Fields } from "../../local/kube/json.ts";
import { existing, job, problems, read, right, runProgram, testProblems, type Wrong } from "./read.ts";

const folder = mkdtempSync(path.join(tmpdir(), "spark-platform-config-"));
after(() => {
  rmSync(folder, { recursive: true });
});
const large = path.join(folder, "large.txt");
writeFileSync(large, "x".repeat(1024 * 1024));
const binary = path.join(folder, "binary.bin");
writeFileSync(binary, Buffer.from([0xff, 0xfe, 0x00]));

const inCluster = (fields: Fields): Fields => ({ kind: "in-cluster", host: "registry.test", ...fields });
const objects = (files: Fields): Fields => ({ storage: { kind: "in-cluster", objects: files } });

const wrong: readonly Wrong[] = [
  [{ namespace: [] }, "namespace", /"namespace" is not a key/, /^"namespaces" \(or one of target, cluster/],
  [{ target: "azure" }, "target", /"azure" is not one of "kubeconfig", "aws"/, /for example "kubeconfig"/],
  [{ cluster: { context: 3 } }, "cluster.context", /3 is not a text/, /"kind-spark"/],
  [{ cluster: { contxt: "a" } }, "cluster.contxt", /not a key/, /^"context"/],
  [{ cluster: "kind-spark" }, "cluster", /"kind-spark" is not an object/, /"context":"kind-spark"/],
  [{ operator: "{ workers: 4" }, "operator", /is not an object/, /"cpu":"1"/],
  [{ cluster: { dns: ["10.98.0.1"] } }, "cluster.dns[0]", /"10.98.0.1"/, /10\.96\.0\.10\/32/],
  [{ registry: { kind: "vm" } }, "registry.kind", /./, /in-cluster/],
  [{ registry: { kind: "in-cluster" } }, "registry.host", /is missing/, /"registry.example.org"/],
  [
    { registry: { kind: "in-cluster", host: "https://a.b" } },
    "registry.host",
    /"https:\/\/a.b"/,
    /registry.example/,
  ],
  [{ registry: inCluster({ nodePort: 5000 }) }, "registry.nodePort", /5000/, /30500/],
  [{ registry: inCluster({ passwords: { pull: 0 } }) }, "registry.passwords.pull", /0/, /one more/],
  [
    { registry: { kind: "existing", host: "a.b", pull: { username: "x" } } },
    "registry.pull.password",
    /is missing/,
    /secure/,
  ],
  [{ namespaces: [{ name: "spark-gateway" }] }, "namespaces[0].name", /is taken/, /"analytics"/],
  [{ history: { memory: "100m" } }, "history.memory", /"100m" is not at least 512m/, /"4g"/],
  [{ history: { maxAge: "30" } }, "history.maxAge", /"30"/, /"90d"/],
  [{ storage: { bucket: "spark" } }, "storage.kind", /./, /in-cluster/],
  [{ storage: { kind: "s3" } }, "storage.kind", /./, /in-cluster/],
  [{ storage: { kind: "in-cluster", bucket: "A_b" } }, "storage.bucket", /"A_b"/, /"spark"/],
  [
    { storage: { kind: "in-cluster", volume: { kind: "claim", size: "5 GB" } } },
    "storage.volume.size",
    /"5 GB"/,
    /"20Gi"/,
  ],
  [
    { storage: { kind: "in-cluster", volume: { kind: "node", path: "/d" } } },
    "storage.volume.node",
    /is missing/,
    /"node-1"/,
  ],
  [
    { storage: { ...existing, endpoint: "s3.test" } },
    "storage.endpoint",
    /"s3.test"/,
    /"https:\/\/s3.example.org"/,
  ],
  [{ storage: { ...existing, endpoint: "ftp://s3.test" } }, "storage.endpoint", /ftp/, /https/],
  [
    { storage: { ...existing, keys: undefined } },
    "storage.keys",
    /is missing/,
    /admin, jobs, history, operator, registry and gateway/,
  ],
  [objects({ "events/x": "package.json" }), 'storage.objects["events/x"]', /./, /datasets\/ or code\//],
  [objects({ "code/x": "no/such.py" }), 'storage.objects["code/x"]', /no such file/, /UTF-8 text file/],
  [objects({ "code/x": binary }), 'storage.objects["code/x"]', /cannot be read as text/, /UTF-8 text file/],
  [objects({ "code/x": folder }), 'storage.objects["code/x"]', /cannot be read/, /UTF-8 text file/],
  [objects({ "code/x": large }), "storage.objects", /1048\d+ bytes in all/, /921600 bytes at most/],
  [{ namespaces: [] }, "namespaces", /too short: at least 1/, /"name":"analytics"/],
  [{ namespaces: undefined }, "namespaces", /too short: at least 1/, /"name":"analytics"/],
  [{ namespaces: [{ name: "Team" }] }, "namespaces[0].name", /"Team"/, /"analytics"/],
  [{ namespaces: [{ name: "kube-system" }] }, "namespaces[0].name", /is taken/, /"analytics"/],
  [{ namespaces: [{ name: "default" }] }, "namespaces[0].name", /is taken/, /"analytics"/],
  [{ namespaces: [{ name: "spark-operator" }] }, "namespaces[0].name", /is taken/, /"analytics"/],
  [
    { namespaces: [{ name: "a" }, { name: "b" }, { name: "a" }] },
    "namespaces[2].name",
    /"a" is the name of namespaces\[0\]/,
    /once/,
  ],
  [{ namespaces: [{ name: "a", egress: ["10.0.0.1"] }] }, "namespaces[0].egress[0]", /./, /"10.1.0.0\/16"/],
  [{ namespaces: [{ name: "a", quota: { cpu: 4 } }] }, "namespaces[0].quota.cpu", /4 is not a text/, /"16"/],
  [
    { namespaces: [{ name: "a", quota: { memory: "64GB" } }] },
    "namespaces[0].quota.memory",
    /"64GB"/,
    /"64Gi"/,
  ],
  [{ namespaces: [{ name: "a", quota: { pods: 0 } }] }, "namespaces[0].quota.pods", /0 is below/, /100/],
  [{ namespaces: [{ name: "a", quota: { storage: 7 } }] }, "namespaces[0].quota.storage", /7/, /"1Ti"/],
  [
    { namespaces: [{ name: "a", quota: { ephemeralStorage: "much" } }] },
    "namespaces[0].quota.ephemeralStorage",
    /"much"/,
    /"100Gi"/,
  ],
  [{ operator: { cpu: "1Gi" } }, "operator.cpu", /"1Gi"/, /"1"/],
  [{ operator: { workers: 1.5 } }, "operator.workers", /1.5/, /4/],
  [{ operator: { crdUpgradeImage: "kubectl" } }, "operator.crdUpgradeImage", /"kubectl"/, /HOST\/PATH:TAG/],
  [{ jobDefaults: { sparkVersion: "2.4" } }, "jobDefaults.sparkVersion", /"2.4"/, /"4.0.4"/],
  [{ jobDefaults: { executor: { memory: "2" } } }, "jobDefaults.executor.memory", /"2"/, /"2g"/],
  [{ jobDefaults: { sparkConf: { a: 1 } } }, "jobDefaults.sparkConf.a", /"a"/, /spark.sql/],
  [{ jobs: { job: 1 } }, "jobs.job", /1 is not an object/, /"word-count"/],
  [{ jobs: { job: { code: { inline: "pass" } } } }, "jobs.job.namespace", /is missing/, /"analytics"/],
  [
    { jobs: { job: { namespace: "b", code: { inline: "pass" } } } },
    "jobs.job.namespace",
    /"b" is not a namespace/,
    /one of namespaces: analytics/,
  ],
  [job({ code: { file: "no/such.py" } }), "jobs.job.code.file", /no such file/, /the path of a file/],
  [job({ code: { flie: "x.py" } }), "jobs.job.code", /./, /"jobs\/report.py"/],
  [job({}), "jobs.job.mainFile", /./, /./],
  [job({ mainFile: "/tmp/x.py" }), "jobs.job.mainFile", /"\/tmp\/x.py"/, /s3a:/],
  [job({ code: { inline: "pass" }, name: "other" }), "jobs.job.name", /not a key/, /jobs.job/],
  [
    { jobs: { Bad: { namespace: "analytics", code: { inline: "pass" } } } },
    "jobs.Bad.name",
    /"Bad"/,
    /"word-count"/,
  ],
];

testProblems(right, wrong);

test("everything that is wrong comes in one error, whatever checks it", async () => {
  const config = {
    targets: "aws",
    cluster: { context: 7 },
    storage: {
      ...existing,
      bucket: "NO",
      keys: { jobs: { accessKeyId: "id" } },
      objects: { "code/a.py": "no/such.py", "other/b.py": "package.json" },
    },
    namespaces: [
      { name: "analytics", egress: ["x"] },
      { name: "kube-public" },
      { name: "analytics", quota: { cpu: "?" } },
    ],
    operator: { workers: 0 },
    jobDefaults: { driver: { memory: "x" } },
    jobs: {
      one: { namespace: "nowhere", mainFile: "s3a://spark/code/a.py", executor: { memory: "lots" } },
      two: { namespace: "analytics", code: { file: "no/such.py" }, sparkConf: { "spark.master": "local" } },
      three: { code: { inline: "pass" } },
    },
  };
  const found = await problems(config);
  const paths = found.map((each) => each.path.replace("spark-platform:", ""));
  assert.deepEqual(
    paths.sort(),
    [
      "cluster.context",
      "jobDefaults.driver.memory",
      "jobs.one.executor.memory",
      "jobs.one.namespace",
      "jobs.three.namespace",
      "jobs.two.code.file",
      'jobs.two.sparkConf["spark.master"]',
      "namespaces[0].egress[0]",
      "namespaces[1].name",
      "namespaces[2].name",
      "namespaces[2].quota.cpu",
      "operator.workers",
      "storage.bucket",
      "storage.keys.admin",
      "storage.keys.gateway",
      "storage.keys.history",
      "storage.keys.jobs.secretAccessKey",
      "storage.keys.operator",
      "storage.keys.registry",
      'storage.objects["code/a.py"]',
      'storage.objects["other/b.py"]',
      "targets",
    ].sort(),
  );
  const { error, registered } = await runProgram(config);
  assert.ok(error instanceof pulumi.RunError);
  assert.equal(registered, 0, "a resource was registered before the configuration was right");
});

test("a wrong job registers nothing either, a right stack registers all", async () => {
  const { error, registered } = await runProgram({ ...right, ...job({ mainFile: "nowhere" }) });
  assert.ok(error instanceof pulumi.RunError);
  assert.equal(registered, 0);
  const fine = await runProgram(right);
  assert.equal(fine.error, undefined);
  assert.ok(fine.registered > 30);
});

test("secrets are never repeated, wherever they are written", async () => {
  const secret = "hunter2-secret-4711";
  const wrongs: readonly Fields[] = [
    { cluster: { kubeconfig: { text: secret } } },
    { cluster: { kubeconfig: [secret] } },
    { registry: { kind: "existing", host: "a.b", pull: secret } },
    { registry: { kind: "existing", host: "a.b", push: { username: "a", passwrd: secret } } },
    { registry: { kind: "existing", host: "a.b", push: { username: "a", password: [secret] } } },
    { storage: { ...existing, keys: secret } },
    { storage: { ...existing, keys: { jobs: secret } } },
    { storage: { ...existing, keys: { jobs: { accessKeyId: "id", secretAccessKey: [secret] } } } },
    { storage: { ...existing, keys: { jobs: { accessKeyId: "id", secretAcessKey: secret } } } },
    job({ code: { inline: "pass" }, env: { PASSWORD: { value: secret } } }),
  ];
  for (const config of wrongs) {
    const error = await read({ ...right, ...config });
    assert.ok(error instanceof pulumi.RunError, JSON.stringify(config));
    assert.doesNotMatch(error.message, /hunter2/);
  }
});
