import assert from "node:assert/strict";
import { readdir, utimes } from "node:fs/promises";
import path from "node:path";
import { describe, it } from "node:test";

import {
  CreateBucketCommand,
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  type S3Client,
} from "@aws-sdk/client-s3";

import { scriptFiles } from "../../components/storage/bucket-admin.ts";
import {
  admin,
  client,
  endpoint,
  failing,
  runScript,
  runWithCli,
  startStore,
  withoutStore,
} from "../support/bucket-scripts.ts";

const files = scriptFiles("abort-uploads.sh", endpoint);
const days = { MAX_AGE_DAYS: "7" };
const dayMs = 24 * 60 * 60 * 1000;

describe("the abort of unfinished uploads, with an AWS CLI that only writes down its calls", () => {
  const withCli = (answers: string) => runWithCli(files, answers, days);
  /** Two pages, as the CLI writes them for the script's query. */
  const pages = `*list-multipart-uploads)
    if [[ $* == *"--key-marker a two"* ]]; then printf 'False\\tNone\\nb\\tid-3\\n'
    else printf 'True\\ta two\\na\\tid-1\\na two\\tid-2\\n'; fi;;`;
  const aborts = (calls: readonly string[]): readonly string[] =>
    calls
      .filter((call) => call.includes(" abort-"))
      .map((call) => call.replace("s3api abort-multipart-upload --bucket spark ", ""));

  it("aborts what each page lists", async () => {
    const { code, out, err, calls } = await withCli(pages);
    assert.deepEqual(aborts(calls), [
      "--key a --upload-id id-1",
      "--key a two --upload-id id-2",
      "--key b --upload-id id-3",
    ]);
    assert.deepEqual([code, out, err], [0, "bucket spark: 3 unfinished uploads aborted\n", ""]);
  });

  it("asks for those begun longer ago than the days that it is given", async () => {
    const begun = Date.now();
    const { calls } = await withCli(`*) printf 'False\\tNone\\n';;`);
    const asked = /Initiated < '([^']*)'/.exec(calls.join("\n"))?.[1];
    const age = Date.now() - Date.parse(`${asked ?? ""}Z`);
    assert.ok(age >= 7 * dayMs && age < 7 * dayMs + (Date.now() - begun) + 1000, asked);
  });

  it("passes over an upload that has ended meanwhile", async () => {
    const { code, out, calls } = await withCli(
      `${pages} *) if [[ $* == *id-2* ]]; then ${failing("NoSuchUpload").replace(/;;$/, "; fi;;")}`,
    );
    assert.equal(aborts(calls).length, 3);
    assert.deepEqual([code, out], [0, "bucket spark: 2 unfinished uploads aborted\n"]);
  });

  for (const [what, answers, count] of [
    ["a list", `*) ${failing("AccessDenied")}`, 0],
    ["an abort", `${pages} *) ${failing("AccessDenied")}`, 1],
  ] as const) {
    it(`ends with the store's words where it is refused ${what}`, async () => {
      const { code, out, err, calls } = await withCli(answers);
      assert.notEqual(code, 0);
      assert.deepEqual(
        [out, err],
        ["", "An error occurred (AccessDenied) when calling an operation: what S3 says\n"],
      );
      assert.equal(aborts(calls).length, count);
    });
  }
});

describe("the abort of unfinished uploads, with a real AWS CLI and store", { skip: withoutStore }, () => {
  const begin = async (store: S3Client, key: string): Promise<string> => {
    const { UploadId } = await store.send(new CreateMultipartUploadCommand({ Bucket: "spark", Key: key }));
    return UploadId ?? "";
  };

  it("leaves the young ones, and works where there are none", async () => {
    const { url, data } = await startStore();
    const store = client(url);
    await store.send(new CreateBucketCommand({ Bucket: "spark" }));
    const run = () => runScript(files, { ...admin, ...days, ENDPOINT: url });
    assert.deepEqual(await run(), { code: 0, out: "bucket spark: 0 unfinished uploads aborted\n", err: "" });

    const old = await begin(store, "datasets/two words");
    const young = await begin(store, "datasets/two words");
    // The store takes an upload's age from its folder.
    const folder = (await readdir(data, { recursive: true })).find((each) => path.basename(each) === old);
    const begun = new Date(Date.now() - 8 * dayMs);
    await utimes(path.join(data, folder ?? ""), begun, begun);
    assert.deepEqual(await run(), { code: 0, out: "bucket spark: 1 unfinished uploads aborted\n", err: "" });
    const { Uploads = [] } = await store.send(new ListMultipartUploadsCommand({ Bucket: "spark" }));
    assert.deepEqual(
      Uploads.map(({ UploadId }) => UploadId),
      [young],
    );
  });
});
