import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";
import { z } from "zod";

import { applicationId, applicationIdSchema } from "../../src/jobs/application-id.ts";
import { jsonSha256 } from "../../src/jobs/digest.ts";
import {
  prepareSubmission,
  submissionSchema,
  type PreparedSubmission,
  type SubmissionRequest,
} from "../../src/jobs/submission.ts";
import { samplePlatform } from "../support/job-samples.ts";

const storage = {
  bucket: "spark",
  endpoint: "http://s3.test",
  region: "eu-central-1",
  pathStyle: true,
  uploads: "store",
};
const platform = samplePlatform({ storage });
const mainFile = "s3a://data/code/main.py";
const right = { namespace: "team-b", job: { name: "word-count", mainFile } };
const sha = (digit: string): string => digit.repeat(64);

const prepare = (
  body: unknown,
  given: Partial<SubmissionRequest> = {},
): ReturnType<typeof prepareSubmission> =>
  prepareSubmission({ body, owner: "alice", idempotencyKey: "key", platform, ...given });

function prepared(body: unknown, given: Partial<SubmissionRequest> = {}): PreparedSubmission {
  const result = prepare(body, given);
  assert.ok(result.ok, JSON.stringify(result));
  return result.value;
}

function refusedAt(body: unknown, given: Partial<SubmissionRequest> = {}): readonly string[] {
  const result = prepare(body, given);
  assert.ok(!result.ok);
  return result.violations.map(({ path }) => path);
}

test("a request becomes the application of its namespace, with whose it is and what was asked", () => {
  const { manifest, ...rest } = prepared(right);
  const id = applicationId("alice", "key");
  const requestSha256 = jsonSha256(right);
  assert.deepEqual(rest, {
    id,
    namespace: "team-b",
    name: "word-count",
    owner: "alice",
    job: right.job,
    code: undefined,
    uploads: [],
    requestSha256,
    sparkVersion: "4.0.4",
  });
  assert.deepEqual(manifest.metadata, {
    name: id,
    namespace: "team-b",
    labels: { "example.com/owner": "platform", "spark-platform/submitted-by": "gateway" },
    annotations: {
      "spark-platform/owner": "alice",
      "spark-platform/job-name": "word-count",
      "spark-platform/request-sha256": requestSha256,
    },
  });
  assert.equal(manifest.spec.driver.serviceAccount, "spark-b");
  assert.equal(manifest.spec.mainApplicationFile, mainFile);
});

test("owner and key alone make the name, which leaves the operator room", () => {
  const text = fc.oneof(
    fc.string({ unit: "binary", maxLength: 80 }),
    fc.stringMatching(/^[a-z0-9@:._-]{1,80}$/),
  );
  fc.assert(
    fc.property(text, text, text, text, (owner, key, otherOwner, otherKey) => {
      const id = applicationId(owner, key);
      assert.match(id, /^[a-z][-a-z0-9]{0,54}[a-z0-9]$/);
      assert.equal(applicationIdSchema.safeParse(id).success, true, "and paths take it");
      assert.equal(applicationId(owner, key), id);
      const same = owner === otherOwner && key === otherKey;
      assert.equal(applicationId(otherOwner, otherKey) === id, same);
    }),
  );
  assert.notEqual(applicationId("a", "bc").slice(2), applicationId("ab", "c").slice(3), "are framed");
  const other = { ...right, namespace: "team-a", job: { ...right.job, name: "another" } };
  assert.equal(prepared(other).id, prepared(right).id);
  assert.match(applicationId("system:serviceaccount:team-a:notebook", "k"), /^notebook-[a-z2-7]{12}$/);
  assert.match(applicationId("ann.lee@example.com", "k"), /^ann-lee-[a-z2-7]{12}$/);
  assert.match(applicationId("42", "k"), /^job-[a-z2-7]{12}$/);
  assert.equal(applicationIdSchema.safeParse(applicationId("a".repeat(80), "k")).success, true);
});

test("the digest is of what was said, not of how it was written", () => {
  const value = fc.jsonValue();
  fc.assert(
    fc.property(value, value, (one, two) => {
      assert.equal(jsonSha256(reversed(one)), jsonSha256(one));
      const same = JSON.stringify(sorted(one)) === JSON.stringify(sorted(two));
      assert.equal(jsonSha256(one) === jsonSha256(two), same);
    }),
  );
  assert.notEqual(prepared({ ...right, namespace: "team-a" }).requestSha256, prepared(right).requestSha256);
});

test("a file comes along as a ConfigMap of the application's name", () => {
  const { id, manifest, code } = prepared({
    namespace: "team-a",
    job: { name: "j" },
    code: { file: { name: "report.py", text: "print('ä')\n" } },
  });
  assert.deepEqual(code, { data: { "report.py": "print('ä')\n" }, binaryData: {} });
  assert.equal(manifest.spec.mainApplicationFile, "local:///opt/spark/code/report.py");
  assert.deepEqual(manifest.spec.driver.template.spec.volumes, [
    { name: "spark-code", configMap: { name: id } },
  ]);
});

test("a folder is its program and a zip of the rest, texts and bytes alike", () => {
  const { code, manifest } = prepared({
    namespace: "team-a",
    job: { name: "j" },
    code: {
      folder: {
        main: "main.py",
        files: { "main.py": { text: "import a\n" }, "lib/a.bin": { base64: "AP8=" } },
      },
    },
  });
  assert.deepEqual(Object.keys(code?.data ?? {}), ["main.py"]);
  assert.deepEqual(Object.keys(code?.binaryData ?? {}), ["modules.zip"]);
  assert.equal(manifest.spec.driver.envVars["PYTHONPATH"], "/opt/spark/code/modules.zip");
});

test("uploaded code is named by its content, before modules of the job's own", () => {
  const body = {
    namespace: "team-a",
    job: { name: "j", dependencies: { pyFiles: ["s3a://data/own.zip"] } },
    code: { upload: { main: sha("a"), modules: sha("b") } },
  };
  const { manifest, uploads, code } = prepared(body);
  assert.equal(code, undefined);
  assert.deepEqual(uploads, [
    { sha256: sha("a"), kind: "py" },
    { sha256: sha("b"), kind: "zip" },
  ]);
  assert.equal(manifest.spec.mainApplicationFile, `s3a://spark/code/uploads/${sha("a")}.py`);
  assert.deepEqual(manifest.spec.deps.pyFiles, [
    `s3a://spark/code/uploads/${sha("b")}.zip`,
    "s3a://data/own.zip",
  ]);
  assert.equal("volumes" in manifest.spec.driver.template.spec, false);
  assert.deepEqual(refusedAt(body, { platform: samplePlatform() }), ["code.upload"]);
  assert.deepEqual(refusedAt({ ...body, code: { upload: { main: "../../x" } } }), ["code.upload.main"]);
});

test("all that is wrong is told at once, with paths as in the request", () => {
  const body = {
    namespace: "kube-system",
    extra: 1,
    job: { name: "X", schedule: { cron: "@daily" }, timeToLiveSeconds: 60, mainFile, serviceAccount: "root" },
    code: { folder: { main: "m.py", files: { "../x.py": { text: "" } } } },
  };
  assert.deepEqual(refusedAt(body), [
    "extra",
    "namespace",
    "job.schedule",
    "job.timeToLiveSeconds",
    "job.name",
    "job.serviceAccount",
    "job.mainFile",
    "code.folder.main",
    'code.folder.files["../x.py"]',
  ]);
  const namespace = prepare({ ...right, namespace: "kube-system" });
  assert.ok(!namespace.ok);
  assert.match(namespace.violations[0]?.expected ?? "", /"team-a", "team-b"/);
  for (const inherited of ["constructor", "__proto__", "toString"]) {
    assert.deepEqual(refusedAt({ ...right, namespace: inherited }), ["namespace"]);
  }
  for (const body of [null, [], "x", 1]) assert.deepEqual(refusedAt(body), [""]);
  assert.deepEqual(refusedAt({}), ["namespace", "job"]);
  assert.deepEqual(refusedAt({ namespace: 1, job: [], code: null }), ["namespace", "job", "code"]);
});

test("code is given in one way, and not beside mainFile", () => {
  const file = { name: "a.py", text: "x = 1" };
  const job = { name: "j" };
  const at = (code: unknown): readonly string[] => refusedAt({ namespace: "team-a", job, code });
  assert.deepEqual(at({}), ["code"]);
  assert.deepEqual(at({ file, upload: { main: sha("a") } }), ["code"]);
  assert.deepEqual(at({ git: "x" }), ["code"]);
  assert.deepEqual(at({ file: { name: "a/../b.py", text: "x" } }), ["code.file.name"]);
  assert.deepEqual(at({ file: { ...file, mode: 7 } }), ["code.file.mode"]);
  assert.deepEqual(at({ folder: { main: "a.py", files: { "a.py": { base64: "?" } } } }), [
    'code.folder.files["a.py"].base64',
  ]);
  assert.deepEqual(at({ file: { name: "a.py", text: "x".repeat(900 * 1024 + 1) } }), ["code"]);
  assert.deepEqual(refusedAt({ ...right, code: { file } }), ["job.mainFile"]);
});

test("an ended job stays long enough for its name to stop a retry", () => {
  const ttl = (seconds: number): number | undefined =>
    prepared(right, {
      platform: { ...platform, jobDefaults: { ...platform.jobDefaults, timeToLiveSeconds: seconds } },
    }).manifest.spec.timeToLiveSeconds;
  assert.equal(ttl(60), 600);
  assert.equal(ttl(7200), 7200);
  const asked = prepared({ ...right, job: { ...right.job, timeToLiveSeconds: 900 } });
  assert.equal(asked.manifest.spec.timeToLiveSeconds, 900);
});

test("the schema that is published accepts what is right, and knows no schedule", () => {
  assert.ok(submissionSchema.safeParse(right).success);
  const { job } = z.toJSONSchema(submissionSchema, { io: "input" }).properties ?? {};
  assert.ok(typeof job === "object" && job.properties !== undefined);
  assert.equal("schedule" in job.properties, false);
  assert.equal("mainFile" in job.properties, true);
});

/** The same value with the keys of its objects the other way round. */
function reversed(value: unknown): unknown {
  return mapped(value, (entries) => entries.toReversed());
}

function sorted(value: unknown): unknown {
  return mapped(value, (entries) => entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

type Entries = readonly (readonly [string, unknown])[];

function mapped(value: unknown, order: (entries: Entries) => Entries): unknown {
  if (Array.isArray(value)) return value.map((each) => mapped(each, order));
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(
    ([key, each]: [string, unknown]) => [key, mapped(each, order)] as const,
  );
  return Object.fromEntries(order(entries));
}
