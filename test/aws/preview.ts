import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { test } from "node:test";

import { openAutomation } from "../../local/deployment/automation.ts";
import { missingPrograms } from "../../local/deployment/deployment.ts";
import { projectFolder, stackFile } from "../support/graph.ts";
import { isRecord } from "../../local/kube/json.ts";
import { evaluate } from "../support/mocks.ts";
import { awsGraph, calls } from "./aws-graph.ts";

const main = "test/aws/offline/index.ts";
/** The stack's file, with an image of Debian: to look for the newest, somebody must be asked. */
const { registry, ...keys } = stackFile("dev");
const config = { ...keys, registry: { ...(isRecord(registry) && registry), image: "ami-0123456789abcdef0" } };

test("the program of the offline preview is the program, with a provider that asks nobody", async () => {
  const offline = await evaluate(() => import("./offline/index.ts"), { config, stack: "dev", calls });
  const { inputs } = offline.only("pulumi:providers:aws");
  assert.equal(inputs["skipCredentialsValidation"], true);
  const names = ({ registrations }: typeof offline): unknown => registrations.map(({ urn }) => urn).sort();
  assert.deepEqual(names(offline), names(await awsGraph("dev")));
});

const missing = missingPrograms(process.env["PATH"] ?? "", ["pulumi-resource-aws"]);
const skip = missing.length > 0 && `not on PATH: ${missing.join(", ")}`;
if (skip !== false) console.log(`skipped: the engine's preview of dev without network: ${skip}`);

test("the engine previews dev with dummy credentials and no network", { skip }, async () => {
  const folder = mkdtempSync(path.join(tmpdir(), "spark-platform-preview-"));
  const kubeconfig = path.join(folder, "none");
  writeFileSync(kubeconfig, "");
  const credentials = { AWS_ACCESS_KEY_ID: "AKIAEXAMPLE", AWS_SECRET_ACCESS_KEY: "none" };
  const project = { stack: "dev", projectDir: projectFolder, kubeconfig, log: () => undefined };
  const engine = await openAutomation({ ...project, main, env: credentials });
  try {
    const { registrations } = await awsGraph("dev");
    assert.deepEqual(await engine.preview(config), { create: registrations.length });
  } finally {
    await engine.destroy();
    rmSync(folder, { recursive: true });
  }
});
