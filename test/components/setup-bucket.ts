import assert from "node:assert/strict";
import { createServer } from "node:http";
import { describe, it } from "node:test";

import { GetBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";

import { setupFiles } from "../../components/storage/bucket-setup.ts";
import type { PolicyDocument } from "../../components/storage/permissions.ts";
import { parseJson } from "../../local/kube/json.ts";
import {
  admin,
  client,
  endpoint,
  failing,
  listen,
  runScript,
  runWithCli,
  startStore,
  withoutStore,
} from "../support/bucket-scripts.ts";

const objects = { "code/two words.py": 'print("ü\\n")\n' };
const policy: PolicyDocument = {
  Version: "2012-10-17",
  Statement: [
    {
      Sid: "read",
      Effect: "Allow",
      Principal: { AWS: ["reader"] },
      Action: ["s3:GetObject"],
      Resource: ["arn:aws:s3:::spark/code/*"],
    },
  ],
};

describe("the bucket's set-up, with an AWS CLI that only writes down its calls", () => {
  const withCli = (answers: string, files = setupFiles(endpoint, objects, policy)) =>
    runWithCli(files, answers);

  it("makes a bucket that is not there, its objects in their order, and the policy at the end", async () => {
    const { code, out, calls } = await withCli(`"s3api head-bucket") ${failing("404")}`);
    assert.deepEqual(
      calls.map((call) => call.replace(/ --bucket spark/, "")),
      [
        "s3api head-bucket",
        "s3 mb s3://spark",
        "s3api put-object --key datasets/ --body object-0",
        "s3api put-object --key events/ --body object-1",
        "s3api put-object --key code/ --body object-2",
        "s3api put-object --key code/two words.py --body object-3",
        "s3api put-bucket-policy --policy policy.json",
      ],
    );
    assert.deepEqual([code, out], [0, "bucket spark: ready\n"]);
  });

  it("leaves a bucket that is there, and a policy that is not its own", async () => {
    const { code, calls } = await withCli("", setupFiles(endpoint, {}, undefined));
    assert.equal(code, 0);
    assert.ok(!calls.some((call) => /mb|policy/.test(call)));
    assert.equal(calls.length, 4);
  });

  const said: readonly (readonly [where: string, answers: string, advice: RegExp])[] = [
    [
      "no answer",
      `*) echo "Could not connect" >&2; exit 255;;`,
      /does not answer: check storage\.endpoint, and/,
    ],
    ["wrong keys", `*) ${failing("403")}`, /refused the admin keys \(403\): check storage\.keys\.admin, and/],
    [
      "too few rights",
      `*put-object) ${failing("AccessDenied")}`,
      /refused the admin keys \(AccessDenied\): .* spark\. An/,
    ],
    ["no S3", `*) ${failing("501")}`, /answered 501: check that storage\.endpoint is an S3 store\. An/],
    [
      "a refused policy",
      `*policy) ${failing("MalformedPolicy")}`,
      /answered MalformedPolicy: .*what S3 says$/,
    ],
  ];
  for (const [where, answers, advice] of said) {
    it(`says what to do at ${where}, and stops there`, async () => {
      const { code, out, err, calls } = await withCli(answers);
      assert.deepEqual([code, out], [1, ""]);
      assert.match(err, /^the store at http:\/\/s3\.test /);
      assert.match(err.trimEnd(), advice);
      assert.equal(calls.length, { "too few rights": 2, "a refused policy": 6 }[where] ?? 1);
    });
  }
});

describe("the bucket's set-up, with a real AWS CLI and store", { skip: withoutStore }, () => {
  const files = setupFiles(endpoint, objects, policy);

  it("can be run again, makes what it should, and gives the policy's users their rights", async () => {
    const { url } = await startStore();
    for (let run = 0; run < 2; run++) {
      const { code, err } = await runScript(files, { ...admin, ENDPOINT: url });
      assert.deepEqual([code, err], [0, ""]);
    }
    const store = client(url);
    const { Contents } = await store.send(new ListObjectsV2Command({ Bucket: "spark" }));
    const keys = ["code/", "code/two words.py", "datasets/", "events/"];
    assert.deepEqual(Contents?.map(({ Key }) => Key).sort(), keys);
    const found = await store.send(new GetBucketPolicyCommand({ Bucket: "spark" }));
    assert.deepEqual(parseJson(found.Policy ?? ""), policy);
    const read = new GetObjectCommand({ Bucket: "spark", Key: "code/two words.py" });
    const { Body } = await client(url, "reader", "reader-secret").send(read);
    assert.equal(await Body?.transformToString(), objects["code/two words.py"]);

    const wrong = await runScript(files, { ...admin, AWS_SECRET_ACCESS_KEY: "wrong", ENDPOINT: url });
    assert.match(wrong.err, /refused the admin keys \(403\)/);
    assert.doesNotMatch(wrong.err, /wrong/);
  });

  it("says what to do where nobody listens, and where it is no S3", async () => {
    const web = createServer((_, response) => response.writeHead(501).end("<html>no</html>"));
    const url = await listen(web);
    const noStore = await runScript(files, { ...admin, ENDPOINT: url });
    assert.match(noStore.err, /answered 501: check that/);
    await new Promise((resolve) => web.close(resolve));
    const nobody = await runScript(files, { ...admin, ENDPOINT: url });
    assert.match(nobody.err, /does not answer: .*Could not connect/);
  });
});
