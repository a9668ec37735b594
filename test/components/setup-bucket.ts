import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";

import { GetBucketPolicyCommand, GetObjectCommand, ListObjectsV2Command, S3Client } from "@aws-sdk/client-s3";

import { setupFiles } from "../../components/storage/bucket-setup.ts";
import type { S3Endpoint } from "../../components/storage/object-store.ts";
import type { PolicyDocument } from "../../components/storage/permissions.ts";
import { parseJson } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";

const root = await mkdtemp(path.join(tmpdir(), "setup-bucket-"));
after(() => rm(root, { recursive: true }));
const endpoint: S3Endpoint = { region: "eu-central-1", pathStyle: true };
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

interface End {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the script as the pod does: its files in one folder, the rest in the environment. */
async function setUp(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): Promise<End> {
  const folder = await mkdtemp(path.join(root, "files-"));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const child = spawn("bash", [path.join(folder, "setup-bucket.sh")], {
    env: { PATH: process.env["PATH"], HOME: root, BUCKET: "spark", ...env },
    timeout: 60_000,
  });
  const end = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (end.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (end.err += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...end };
}

describe("the bucket's set-up, with an AWS CLI that only writes down its calls", () => {
  /** Its answers are a shell's `case` over "SERVICE COMMAND". */
  const withCli = async (answers: string, files = setupFiles(endpoint, objects, policy)) => {
    const bin = await mkdtemp(path.join(root, "bin-"));
    const log = path.join(bin, "log");
    const cli = `#!/bin/bash
while [[ $1 == --* ]]; do shift 2; done
echo "$*" >>"${log}"
case "$1 $2" in ${answers} esac
`;
    await writeFile(path.join(bin, "aws"), cli);
    await chmod(path.join(bin, "aws"), 0o755);
    const end = await setUp(files, {
      PATH: `${bin}:${process.env["PATH"] ?? ""}`,
      ENDPOINT: "http://s3.test",
    });
    const calls = (await readFile(log, "utf8")).trimEnd().replaceAll(/\S*\/files-\w+\//g, "");
    return { ...end, calls: calls.split("\n") };
  };
  const failing = (code: string): string =>
    `echo "An error occurred (${code}) when calling an operation: what S3 says" >&2; exit 254;;`;

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

const missing = ["aws", "versitygw"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
const skip = missing.length > 0 && `not on PATH: ${missing.join(", ")}`;

describe("the bucket's set-up, with a real AWS CLI and store", { skip }, () => {
  const admin = { AWS_ACCESS_KEY_ID: "admin", AWS_SECRET_ACCESS_KEY: "admin-secret" };
  const files = setupFiles(endpoint, objects, policy);

  it("can be run again, makes what it should, and gives the policy's users their rights", async () => {
    const url = await startStore();
    for (let run = 0; run < 2; run++) {
      const { code, err } = await setUp(files, { ...admin, ENDPOINT: url });
      assert.deepEqual([code, err], [0, ""]);
    }
    const store = client(url, "admin", "admin-secret");
    const { Contents } = await store.send(new ListObjectsV2Command({ Bucket: "spark" }));
    const keys = ["code/", "code/two words.py", "datasets/", "events/"];
    assert.deepEqual(Contents?.map(({ Key }) => Key).sort(), keys);
    const found = await store.send(new GetBucketPolicyCommand({ Bucket: "spark" }));
    assert.deepEqual(parseJson(found.Policy ?? ""), policy);
    const read = new GetObjectCommand({ Bucket: "spark", Key: "code/two words.py" });
    const { Body } = await client(url, "reader", "reader-secret").send(read);
    assert.equal(await Body?.transformToString(), objects["code/two words.py"]);

    const wrong = await setUp(files, { ...admin, AWS_SECRET_ACCESS_KEY: "wrong", ENDPOINT: url });
    assert.match(wrong.err, /refused the admin keys \(403\)/);
    assert.doesNotMatch(wrong.err, /wrong/);
  });

  it("says what to do where nobody listens, and where it is no S3", async () => {
    const web = createServer((_, response) => response.writeHead(501).end("<html>no</html>"));
    const url = await listen(web);
    const noStore = await setUp(files, { ...admin, ENDPOINT: url });
    assert.match(noStore.err, /answered 501: check that/);
    await new Promise((resolve) => web.close(resolve));
    const nobody = await setUp(files, { ...admin, ENDPOINT: url });
    assert.match(nobody.err, /does not answer: .*Could not connect/);
  });
});

const client = (url: string, accessKeyId: string, secretAccessKey: string): S3Client =>
  new S3Client({
    endpoint: url,
    region: endpoint.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });

async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

/** A store of its own, with an administrator and a user; it ends with the tests. */
async function startStore(): Promise<string> {
  const [data, users] = [path.join(root, "data"), path.join(root, "users")];
  await mkdir(data);
  await mkdir(users);
  const reader = { access: "reader", secret: "reader-secret", role: "user" };
  await writeFile(path.join(users, "users.json"), JSON.stringify({ accessAccounts: { reader } }));
  const holder = createServer();
  const url = await listen(holder);
  await new Promise((resolve) => holder.close(resolve));
  const args = ["--port", new URL(url).host, "--region", endpoint.region, "--iam-dir", users];
  const env = {
    ROOT_ACCESS_KEY_ID: "admin",
    ROOT_SECRET_ACCESS_KEY: "admin-secret",
    PATH: process.env["PATH"],
  };
  const store = spawn("versitygw", [...args, "--health", "/healthz", "posix", data], {
    env,
    stdio: "ignore",
  });
  after(() => store.kill());
  await until(
    "the store to answer",
    20_000,
    async () => {
      const answer = await fetch(`${url}/healthz`).catch((error: unknown) => error);
      return answer instanceof Response && answer.ok ? { done: undefined } : { waiting: String(answer) };
    },
    100,
  );
  return url;
}
