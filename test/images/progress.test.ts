import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { DownloadProgress, size } from "../../images/progress.ts";
import { rowOf } from "../../images/versions.ts";

const { sdk, hadoopAws } = rowOf("4.0.4").jars;

function lines(intervalMs: number, updates: (progress: DownloadProgress) => void): string[] {
  const said: string[] = [];
  updates(new DownloadProgress(intervalMs, (text) => said.push(text)));
  return said;
}

describe("progress", () => {
  it("is one line for a small jar", () => {
    const said = lines(0, ({ update }) => {
      update(hadoopAws, 400_000, 865_554);
      update(hadoopAws, 865_554, 865_554);
    });
    assert.deepEqual(said, ["hadoop-aws-3.4.1.jar: 866 kB, 0.0 s"]);
  });

  it("is a line at the start and the end of a large one, and between them now and then", () => {
    const arrive = ({ update }: DownloadProgress): void => {
      for (const bytes of [1e6, 200e6, 558e6]) update(sdk, bytes, 558e6);
    };
    assert.deepEqual(lines(60_000, arrive), [
      "bundle-2.24.6.jar: 1.0 MB of 558 MB, 0.0 s",
      "bundle-2.24.6.jar: 558 MB, 0.0 s",
    ]);
    assert.deepEqual(lines(0, arrive)[1], "bundle-2.24.6.jar: 200 MB of 558 MB, 0.0 s");
  });

  it("does without a total", () => {
    const said = lines(60_000, ({ update }) => {
      update(sdk, 1e6, undefined);
      update(sdk, 2e6, undefined);
    });
    assert.deepEqual(said, ["bundle-2.24.6.jar: 1.0 MB, 0.0 s"]);
  });

  it("writes sizes as people read them", () => {
    assert.deepEqual([30_291, 1.5e6, 558_001_584].map(size), ["31 kB", "1.5 MB", "558 MB"]);
  });
});
