import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, describe, it } from "node:test";

import { openStandIn } from "../../local/deployment/stand-in.ts";
import { readProject } from "../../local/deployment/stand-in/project.ts";

const projectDir = path.join(import.meta.dirname, "fixture");
const folder = await mkdtemp(path.join(tmpdir(), "spark-platform-test-"));
const kubeconfig = path.join(folder, "kubeconfig");
await writeFile(kubeconfig, "");
// What the engine keeps goes there too, apart from what other runs keep.
process.env["TMPDIR"] = folder;
after(() => rm(folder, { recursive: true }));

const open = (): ReturnType<typeof openStandIn> =>
  openStandIn({ stack: "test", projectDir, kubeconfig, log: () => undefined });

const none = { create: 0, update: 0, replace: 0, delete: 0, same: 0 };

describe("the stand-in engine", () => {
  it("makes, keeps and removes what a program declares, and says what it cannot make", async () => {
    const deployment = await open();
    const [own = ""] = await engineFolders();
    const config = { key: { secret: "s3cret" } };
    const first = await deployment.up({ ...config, mode: "extra" });
    assert.deepEqual(first.changes, { ...none, create: 4 });
    assert.equal(first.outputs["length"], 12);
    assert.equal(first.outputs["key"], "s3cret");
    assert.equal((await stat(path.join(folder, own, "state.json"))).mode & 0o777, 0o600);

    const second = await deployment.up(config);
    assert.deepEqual(second.changes, { ...none, delete: 1, same: 3 });
    assert.equal(second.outputs["password"], first.outputs["password"]);

    const unsupported = deployment.up({ ...config, mode: "unsupported" });
    await assert.rejects(unsupported, /random:index\/randomShuffle:RandomShuffle .*not supported/);
    await deployment.destroy();
    assert.equal(existsSync(path.join(folder, own)), false);
  });

  it("rejects with a failure that no resource carries", async () => {
    const deployment = await open();
    await assert.rejects(deployment.up({ key: "k", mode: "apply" }), /nobody awaits this/);
    await deployment.destroy();
  });
});

describe("the project's config", () => {
  it("has the defaults of Pulumi.yaml, and its secrets", () => {
    const { config, secretKeys } = readProject(projectDir, { key: "k" });
    assert.deepEqual(config, { "fixture:length": "12", "fixture:mode": "", "fixture:key": "k" });
    assert.deepEqual(secretKeys, ["fixture:key"]);
  });

  it("is refused with a missing key or a wrong type", () => {
    assert.throws(() => readProject(projectDir, {}), /missing required configuration value for "key"/);
    assert.throws(
      () => readProject(projectDir, { key: "k", length: "long" }),
      /"length" must be of type integer/,
    );
  });
});

async function engineFolders(): Promise<readonly string[]> {
  return (await readdir(folder)).filter((name) => name.startsWith("spark-platform-engine-"));
}
