import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { openStore } from "../../gateway/src/store/store.ts";
import { bootstrap } from "../../gateway/src/tokens/bootstrap.ts";
import { hashToken, mintToken } from "../../gateway/src/tokens/token.ts";
import { dexGraph } from "../graph/ui-stacks.ts";
import { localGraph, nameOf, object, readYaml } from "../support/graph.ts";
import { listAt, numberAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { restrictedViolations } from "../support/pod-security.ts";
import { readDocument } from "./documents.ts";

const guide = readDocument("docs/upgrade.md");
const restorePod = readYaml("docs/upgrade/gateway-restore.yaml");

test("the command of docs/upgrade.md copies the database whole while a gateway uses it", async (context) => {
  const folder = mkdtempSync(path.join(tmpdir(), "gateway-backup-"));
  context.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const [, script = ""] = /-- node -e \\\n\s*'(.+)'$/m.exec(guide) ?? [];
  const here = script.replaceAll(/\/var\/lib\/gateway|\/tmp(?=\/)/g, folder);
  const now = Date.now();
  const hash = hashToken(mintToken("register"));
  const live = await openStore(
    { kind: "sqlite", file: path.join(folder, "gateway.sqlite") },
    () => undefined,
  );
  await bootstrap({ store: live, now: () => now, graceMs: 60_000 }, hash);
  execFileSync(process.execPath, ["-e", here]);
  await live.close();
  const copy = await openStore({ kind: "sqlite", file: path.join(folder, "backup.sqlite") }, () => undefined);
  const rows = await copy.db.selectFrom("register_tokens").select("hash").execute();
  await copy.close();
  assert.deepEqual(
    rows.map((row) => row.hash),
    [hash],
  );
});

test("the pod that puts the database back is admitted to the gateway's namespace, and has its volume", async () => {
  const graph = await localGraph({ gateway });
  const namespace = object(graph, "Namespace", "spark-gateway");
  assert.equal(textAt(namespace.inputs, "metadata", "labels", enforced), "restricted");
  const deployed = object(graph, "Deployment", "gateway", "spark-gateway");
  const pod = recordAt(deployed.inputs, "spec", "template", "spec");
  const restore = recordAt(restorePod, "spec");
  assert.equal(textAt(restorePod, "metadata", "namespace"), nameOf(namespace));
  assert.deepEqual(restrictedViolations(restore), []);
  assert.deepEqual(volume(restore, "data"), volume(pod, "data"));
  for (const user of ["runAsUser", "runAsGroup", "fsGroup"])
    assert.equal(numberAt(restore, "securityContext", user), numberAt(pod, "securityContext", user));
  // Where the volume is, the guide puts the file.
  const [mount] = listAt(listAt(restore, "containers")[0], "volumeMounts");
  assert.ok(guide.includes(`cd ${textAt(mount, "mountPath") ?? "nowhere"} &&`));
  const labels = recordAt(deployed.inputs, "spec", "selector", "matchLabels");
  assert.ok(guide.includes(`app.kubernetes.io/name=${textAt(labels, "app.kubernetes.io/name") ?? ""} `));
});

test("what is to be replaced for a new key has the name that docs/upgrade.md says", async () => {
  const { registrations } = await dexGraph({}, { gateway });
  const names = registrations.map(({ name }) => name);
  const [, table = ""] = guide.split("## New keys and certificates");
  const told = [...table.matchAll(/\| replace ((?:`[^`]+`(?: and )?)+)/g)].flatMap(([, list = ""]) =>
    [...list.matchAll(/`([^`]+)`/g)].map(([, name = ""]) => name),
  );
  assert.ok(told.length >= 6);
  for (const name of told) {
    const pattern = new RegExp(`^${name.replace("PURPOSE", "jobs").replace("EMAIL", ".+@.+")}$`);
    assert.ok(
      names.some((each) => pattern.test(each)),
      name,
    );
  }
});

const enforced = "pod-security.kubernetes.io/enforce";
const gateway = { kind: "node-port", host: "api.test", nodePort: 30445 };

function volume(pod: Fields, name: string): unknown {
  return listAt(pod, "volumes").find((each) => textAt(each, "name") === name);
}
