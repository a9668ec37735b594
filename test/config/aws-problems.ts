import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import type { Fields } from "../../local/kube/json.ts";
import { problems, read, runProgram, testProblems, type Wrong } from "./read.ts";

const admins = ["arn:aws:iam::111122223333:role/deploy"];
/** A stack in AWS that is right, and says no more than it must. */
const right: Fields = {
  target: "aws",
  aws: { region: "eu-central-1" },
  domain: { name: "spark.example.org", zone: { kind: "create" } },
  cluster: { admins },
  namespaces: [{ name: "analytics" }],
};
const cluster = (fields: Fields): Fields => ({ cluster: { admins, ...fields } });
const network = (fields: Fields): Fields => cluster({ network: fields });
const vm = (fields: Fields): Fields => ({
  registry: {
    kind: "vm",
    host: "registry.spark.example.org",
    certificate: { kind: "acme", email: "ops@example.org" },
    ...fields,
  },
});
const api = (fields: Fields): Fields => ({
  gateway: { kind: "alb", host: "api.spark.example.org", ...fields },
});
const alb = (fields: Fields): Fields => ({
  ui: { kind: "alb", host: "spark.example.org", allowed: { groups: ["data"] }, ...fields },
  ...api({}),
});
const domain = (fields: Fields): Fields => ({ domain: { name: "spark.example.org", ...fields } });

const wrong: readonly Wrong[] = [
  [{ aws: undefined }, "aws", /is missing/, /"region":"eu-central-1"/],
  [{ aws: { region: "eu-central-9" } }, "aws.region", /"eu-central-9" is not one of/, /"eu-central-1"/],
  [{ aws: { region: "us-west-1" } }, "aws.region", /is not one of/, /region of everything/],
  [{ aws: { region: "eu-central-1", protect: "no" } }, "aws.protect", /"no" is not true or false/, /destroy/],
  [{ aws: { region: "eu-central-1", tags: { "aws:x": "1" } } }, 'aws.tags["aws:x"]', /AWS's own/, /tags/],
  [{ aws: { region: "eu-central-1", tags: { a: "<b>" } } }, "aws.tags.a", /"<b>"/, /value of the tag/],
  [{ domain: undefined }, "domain", /is missing/, /"zone":/],
  [domain({}), "domain.zone", /is missing/, /"kind":"create"/],
  [domain({ zone: { kind: "existing" } }), "domain.zone.id", /is missing/, /"Z0123/],
  [domain({ zone: { kind: "existing", id: "example.org" } }), "domain.zone.id", /"example.org"/, /Route 53/],
  [domain({ name: "spark", zone: { kind: "create" } }), "domain.name", /"spark"/, /dev\.spark\.example\.org/],
  [{ cluster: {} }, "cluster", /is missing/, /"admins":/],
  [{ cluster: { admins: [...admins, ...admins] } }, "cluster.admins", /has an ARN twice/, /administers/],
  [{ cluster: { admins: [] } }, "cluster.admins", /too short: at least 1/, /pulumi up/],
  [
    { cluster: { admins: ["arn:aws:sts::111122223333:assumed-role/deploy/me"] } },
    "cluster.admins[0]",
    /assumed-role/,
    /arn:aws:iam::111122223333:role\/deploy/,
  ],
  [cluster({ version: "1.29" }), "cluster.version", /"1\.29" is not one of "1\.34", "1\.35"/, /"1\.35"/],
  [cluster({ version: 1.35 }), "cluster.version", /1\.35 is not one of "1\.34"/, /"1\.35"/],
  [cluster({ publicAccess: ["0.0.0.0/0"] }), "cluster.publicAccess[0]", /whole internet/, /203\.0\.113/],
  [cluster({ publicAccess: ["203.0.113.7"] }), "cluster.publicAccess[0]", /203\.0\.113\.7/, /203\.0\.113/],
  [cluster({ logRetentionDays: 45 }), "cluster.logRetentionDays", /45 is not one of 1, 3/, /for example 30/],
  [network({ cidr: "10.0.0.0/24" }), "cluster.network.cidr", /"10\.0\.0\.0\/24" has too few/, /\/16, \/17/],
  [network({ cidr: "10.0.0.0/8" }), "cluster.network.cidr", /larger than AWS allows/, /10\.0\.0\.0\/16/],
  [network({ cidr: "8.8.0.0/16" }), "cluster.network.cidr", /is not a private range/, /10\.0\.0\.0\/16/],
  [network({ cidr: "172.20.0.0/16" }), "cluster.network.cidr", /overlaps 172\.20/, /10\.0\.0\.0\/16/],
  [network({ cidr: "10.0.1.0/16" }), "cluster.network.cidr", /begins on its boundary/, /10\.0\.0\.0\/16/],
  [network({ nat: "none" }), "cluster.network.nat", /"none" is not one of/, /"per-zone"/],
  [network({ flowLogs: {} }), "cluster.network.flowLogs.retentionDays", /is missing/, /30/],
  [
    cluster({ nodePools: { driver: { cpu: "many" } } }),
    "cluster.nodePools.driver.cpu",
    /"many"/,
    /Kubernetes quantity/,
  ],
  [
    cluster({ nodePools: { driver: { cpu: 64 } } }),
    "cluster.nodePools.driver.cpu",
    /64 is not a text/,
    /"64"/,
  ],
  [cluster({ nodePools: { gpu: {} } }), "cluster.nodePools.gpu", /not a key/, /platform, driver, executor/],
  [{ storage: { kind: "in-cluster" } }, "storage.kind", /not a key/, /bucket, objects, keys/],
  [{ storage: { bucket: "Data" } }, "storage.bucket", /"Data"/, /nobody else in AWS/],
  [{ storage: { keys: { jobs: 0 } } }, "storage.keys.jobs", /0 is below|0 is too/, /one more/],
  [{ storage: { keys: { spark: 1 } } }, "storage.keys.spark", /not a key/, /jobs, history/],
  [
    { storage: { objects: { "code/x": "no/such.py" } } },
    'storage.objects["code/x"]',
    /no such file/,
    /UTF-8/,
  ],
  [{ registry: { kind: "in-cluster", host: "a.b" } }, "registry.kind", /./, /"kind":"vm"/],
  [vm({ host: "registry.example.org" }), "registry.host", /not below the stack's domain/, /"registry\.spark/],
  [vm({ host: "myspark.example.org" }), "registry.host", /not below the stack's domain/, /a name below it/],
  [vm({ certificate: undefined }), "registry.certificate", /is missing|./, /acme/],
  [vm({ certificate: { kind: "acme" } }), "registry.certificate.email", /is missing/, /ops@example/],
  [vm({ instanceType: "small" }), "registry.instanceType", /"small"/, /t4g\.small/],
  [vm({ image: "debian" }), "registry.image", /"debian"/, /ami-/],
  [vm({ allowedCidrs: ["203.0.113.7"] }), "registry.allowedCidrs[0]", /./, /203\.0\.113/],
  [{ ui: { kind: "node-port" } }, "ui.kind", /./, /"kind":"alb"/],
  [alb({ host: "spark.other.org" }), "ui.host", /not below the stack's domain/, /"spark\.example\.org"/],
  [alb({ host: `${"a".repeat(48)}.spark.example.org` }), "ui.host", /too long: at most 64/, /64 letters/],
  [alb({ allowed: {} }), "ui.allowed", /names nobody/, /nothing is open to all/],
  [
    alb({ allowed: { groups: ["data", "data team"] } }),
    "ui.allowed.groups[1]",
    /"data team" is not a name that Cognito takes/,
    /without spaces/,
  ],
  [alb({ adminGroup: "the admins" }), "ui.adminGroup", /"the admins" is not a name/, /without spaces/],
  [alb({ allowedCidrs: [] }), "ui.allowedCidrs", /too short/, /203\.0\.113/],
  [alb({ scheme: "public" }), "ui.scheme", /"public" is not one of/, /"internal"/],
  [
    alb({ identity: { kind: "cognito", domainPrefix: "my-aws-login" } }),
    "ui.identity.domainPrefix",
    /"my-aws-login" is not a prefix that Cognito takes/,
    /example-org/,
  ],
  [alb({ identity: { kind: "dex" } }), "ui.identity.kind", /./, /cognito/],
  [
    { ...vm({ host: "spark.example.org" }), ...alb({}) },
    "ui.host",
    /"spark\.example\.org" is registry\.host too/,
    /another name/,
  ],
  [{ ...alb({}), ...api({ kind: "node-port" }) }, "gateway.kind", /./, /"kind":"alb"/],
  [{ ...alb({}), ...api({ host: undefined }) }, "gateway.host", /is missing/, /api\.spark/],
  [{ ...alb({}), ...api({ host: "api.other.org" }) }, "gateway.host", /not below the stack's domain/, /./],
  [
    { ...alb({}), ...api({ host: "spark.example.org" }) },
    "gateway.host",
    /"spark\.example\.org" is ui\.host too/,
    /another name/,
  ],
  [alb({ pagesHost: "pages.other.org" }), "ui.pagesHost", /not below the stack's domain/, /./],
  [api({}), "gateway.kind", /the load balancer of the pages, and there are none/, /pages of kind alb/],
  [
    { ...alb({}), ...api({ database: { kind: "embedded", size: "1 GB" } }) },
    "gateway.database.size",
    /"1 GB"/,
    /"4Gi"/,
  ],
  [
    { jobDefaults: { sparkVersion: "3.5.8" } },
    "jobDefaults.sparkVersion",
    /does not run on this target/,
    /4\.0\.4/,
  ],
  [
    { jobs: { job: { namespace: "analytics", code: { inline: "pass" }, sparkVersion: "3.5.8" } } },
    "jobs.job.sparkVersion",
    /"3\.5\.8"/,
    /4\.0\.4/,
  ],
];

testProblems(right, wrong);

test("a stack in AWS that says what it must is right", async () => {
  assert.deepEqual(await problems(right), []);
  assert.deepEqual(await problems({ ...right, ...vm({}), ...alb({ host: "ui.spark.example.org" }) }), []);
});

test("everything that is wrong with an account comes in one error, before any resource", async () => {
  const config: Fields = {
    target: "aws",
    aws: { region: "mars-1", tags: { "aws:a": "b" } },
    domain: { name: "spark.example.org" },
    cluster: { version: "1.2", network: { cidr: "10.0.0.0/30" }, nodePools: { executor: { cpu: "lots" } } },
    storage: { keys: { jobs: "two" }, objects: { "code/a.py": "no/such.py" } },
    registry: { kind: "vm", host: "registry.elsewhere.org" },
    namespaces: [{ name: "analytics", quota: { cpu: 4 } }],
    ui: { kind: "alb", host: "pages.elsewhere.org", allowed: {} },
    jobs: { job: { namespace: "nowhere", code: { inline: "pass" }, sparkVersion: "3.5.8" } },
  };
  const paths = (await problems(config)).map(({ path }) => path.replace("spark-platform:", ""));
  assert.deepEqual(
    paths.sort(),
    [
      "aws.region",
      'aws.tags["aws:a"]',
      "cluster.admins",
      "cluster.network.cidr",
      "cluster.nodePools.executor.cpu",
      "cluster.version",
      "domain.zone",
      "gateway.kind",
      "jobs.job.namespace",
      "jobs.job.sparkVersion",
      "namespaces[0].quota.cpu",
      "registry.certificate",
      "registry.host",
      "storage.keys.jobs",
      'storage.objects["code/a.py"]',
      "ui.allowed",
      "ui.host",
    ].sort(),
  );
  const { error, registered } = await runProgram(config);
  assert.ok(error instanceof pulumi.RunError);
  assert.equal(registered, 0);
});

test("a client's secret at an issuer is a secret", async () => {
  const secret = "client-secret-4711";
  const oidc = { kind: "oidc", issuer: "https://sso.test", clientId: "spark", clientSecret: secret };
  const config = await read({ ...right, ...alb({ identity: oidc }) });
  assert.ok(!(config instanceof pulumi.RunError) && config.target.kind === "aws");
  const { identity } = config.target.ui ?? {};
  assert.ok(identity?.kind === "oidc");
  assert.ok(await pulumi.isSecret(identity.clientSecret));
  const wrongly = await read({ ...right, ...alb({ identity: { ...oidc, clientSecret: [secret] } }) });
  assert.ok(wrongly instanceof pulumi.RunError);
  assert.doesNotMatch(wrongly.message, /4711/);
});
