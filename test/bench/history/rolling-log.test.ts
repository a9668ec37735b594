import assert from "node:assert/strict";
import { test } from "node:test";
import { zstdDecompressSync } from "node:zlib";

import fc from "fast-check";

import { rollingLog, type LogFile } from "./rolling-log.ts";

async function filesOf(lines: readonly string[], fileBytes: number): Promise<LogFile[]> {
  const files: LogFile[] = [];
  for await (const file of rollingLog("spark-1", lines, fileBytes)) files.push(file);
  return files;
}

const line = fc.string({ minLength: 1, maxLength: 30, unit: "grapheme-ascii" }).map((text) => `${text}\n`);
const lines = fc.array(line, { minLength: 1, maxLength: 40 });

test("files hold the lines, whole and in order, and no more than they may", async () => {
  await fc.assert(
    fc.asyncProperty(lines, fc.integer({ min: 1, max: 200 }), async (all, most) => {
      const files = await filesOf(all, most);
      const texts = files.slice(0, -1).map(({ body }) => zstdDecompressSync(body).toString());
      assert.equal(texts.join(""), all.join(""));
      for (const text of texts) {
        assert.ok(text.endsWith("\n"));
        assert.ok(text.length <= most || text.indexOf("\n") === text.length - 1, "more than one line");
      }
      for (const [index, text] of texts.slice(1).entries())
        assert.ok((texts[index]?.length ?? 0) + text.indexOf("\n") + 1 > most, "the line had a place before");
    }),
  );
});

test("they have the names that the History Server looks for, and the last one says that it is over", async () => {
  const files = await filesOf(["one\n", "two\n"], 4);
  assert.deepEqual(
    files.map(({ path }) => path),
    ["events_1_spark-1.zstd", "events_2_spark-1.zstd", "appstatus_spark-1"].map(
      (name) => `eventlog_v2_spark-1/${name}`,
    ),
  );
  assert.equal(files.at(-1)?.body.length, 0);
});
