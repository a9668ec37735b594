import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { standardDefaults } from "../../../jobs/manifest/index.ts";
import { at, listAt, numberAt, recordAt, textAt } from "../../../local/kube/json.ts";
import { defaultJob } from "../../src/jobs/default-job.ts";
import { prepareSubmission } from "../../src/jobs/submission.ts";
import { refusedWith } from "../support/gateway.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { startReading } from "../support/reading.ts";

test("validate says what a submission becomes, or all that is wrong, and changes nothing", async (context) => {
  const { gateway, alice } = await startReading(context);
  const validate = async (body: object): Promise<unknown> => {
    const answer = await gateway.call("POST", "/v1/applications:validate", { token: alice, body });
    assert.equal(answer.status, 200, JSON.stringify(answer.body));
    return answer.body;
  };
  const right = await validate({ namespace: "team-b", job: { name: "j", mainFile: "s3a://data/main.py" } });
  assert.deepEqual([at(right, "valid"), at(right, "violations")], [true, []]);
  assert.equal(textAt(right, "manifest", "spec", "driver", "serviceAccount"), "spark-b");
  assert.equal(textAt(right, "manifest", "metadata", "annotations", "spark-platform/owner"), "alice");
  const wrong = await validate({ namespace: "x", job: { name: "J" } });
  assert.equal(at(wrong, "valid"), false);
  assert.equal(at(wrong, "manifest"), undefined);
  assert.deepEqual(
    listAt(wrong, "violations").map((violation) => textAt(violation, "path")),
    ["namespace", "job.name", "job.mainFile"],
  );
  // As large as code may be in a request.
  const file = { name: "main.py", text: "\n".repeat(900 * 1024) };
  assert.equal(
    at(await validate({ namespace: "team-a", job: { name: "j" }, code: { file } }), "valid"),
    true,
  );
  refusedWith(
    await gateway.call("POST", "/v1/applications:validate", { token: alice, body: [] }),
    "invalid-input",
  );
  assert.deepEqual(await gateway.store.db.selectFrom("applications").selectAll().execute(), []);
});

test("clusters are told with what jobs have by default and what may be said of them", async (context) => {
  const { gateway, alice } = await startReading(context);
  const cluster = { name: "test", namespaces: ["team-a", "team-b"], sparkVersions: ["4.0.4", "3.5.8"] };
  const list = await gateway.call("GET", "/v1/clusters", { token: alice });
  assert.deepEqual(list.body, { items: [cluster] });
  const { body } = await gateway.call("GET", "/v1/clusters/test/manifest", { token: alice });
  assert.deepEqual(at(body, "cluster"), cluster);
  assert.deepEqual(at(body, "job", "executor"), { cores: 1, memory: "1g", instances: 1 });
  assert.equal(numberAt(body, "job", "timeToLiveSeconds"), 3600);
  const properties = recordAt(body, "schema", "properties", "job", "properties");
  assert.match(textAt(properties, "mainFile", "description") ?? "", /s3a/);
  assert.equal(at(properties, "schedule"), undefined);
  refusedWith(await gateway.call("GET", "/v1/clusters/other/manifest", { token: alice }), "not-found");
});

test("what a job has by default may be sent back with a name and a program, and changes nothing", () => {
  const defaults = fc.record({
    dynamic: fc.boolean(),
    policy: fc.constantFrom("Never" as const, "OnFailure" as const, "Always" as const),
    // Some that users may set, and some that they may not.
    sparkConf: fc.dictionary(
      fc.constantFrom("spark.sql.shuffle.partitions", "spark.kubernetes.x", "spark.driver.extraJavaOptions"),
      fc.constantFrom("1", "-Xmx1g", "-Dspark.x=1", "${env:X}"),
    ),
    env: fc.dictionary(fc.constantFrom("STAGE", "AWS_REGION", "SPARK_USER"), fc.constantFrom("a", "")),
    timeToLiveSeconds: fc.constantFrom(60, 600, 7200),
  });
  fc.assert(
    fc.property(defaults, ({ dynamic, policy, ...given }) => {
      const jobDefaults = {
        ...standardDefaults,
        ...given,
        dynamicAllocation: { ...standardDefaults.dynamicAllocation, enabled: dynamic },
        restart: { ...standardDefaults.restart, policy },
      };
      const platform = samplePlatform({ jobDefaults });
      const prepare = (job: object): ReturnType<typeof prepareSubmission> =>
        prepareSubmission({
          body: { namespace: "team-a", job: { name: "j", mainFile: "s3a://data/main.py", ...job } },
          owner: "alice",
          idempotencyKey: "k",
          platform,
        });
      const [laidOut, bare] = [prepare(defaultJob(platform.jobDefaults)), prepare({})];
      assert.ok(laidOut.ok, JSON.stringify(laidOut));
      assert.ok(bare.ok);
      assert.deepEqual(laidOut.value.manifest.spec, bare.value.manifest.spec);
    }),
  );
});
