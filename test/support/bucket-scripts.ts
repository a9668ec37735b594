/** The scripts of components/storage, run as their pods run them: with an AWS CLI that is none, or with a real store. */
import assert from "node:assert/strict";
import { spawn, spawnSync } from "node:child_process";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { after } from "node:test";

import { S3Client } from "@aws-sdk/client-s3";

import type { S3Endpoint } from "../../components/storage/object-store.ts";
import { until } from "../../local/kube/wait.ts";

const root = await mkdtemp(path.join(tmpdir(), "bucket-scripts-"));
after(() => rm(root, { recursive: true }));
export const endpoint: S3Endpoint = { region: "eu-central-1", pathStyle: true };

/** A script's files by their names, the script itself first. */
export type ScriptFiles = Readonly<Record<string, string>>;

export interface End {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** Runs the first of the files as the pod does: all in one folder, the rest in the environment. */
export async function runScript(files: ScriptFiles, env: NodeJS.ProcessEnv): Promise<End> {
  const folder = await mkdtemp(path.join(root, "files-"));
  for (const [name, text] of Object.entries(files)) await writeFile(path.join(folder, name), text);
  const [script = ""] = Object.keys(files);
  const child = spawn("bash", [path.join(folder, script)], {
    env: { PATH: process.env["PATH"], HOME: root, BUCKET: "spark", ...env },
    timeout: 60_000,
  });
  const end = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (end.out += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (end.err += text));
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  return { code, ...end };
}

/** With a CLI that writes down its calls; its answers are a shell's `case` over "SERVICE COMMAND". */
export async function runWithCli(
  files: ScriptFiles,
  answers: string,
  env: NodeJS.ProcessEnv = {},
): Promise<End & { readonly calls: readonly string[] }> {
  const bin = await mkdtemp(path.join(root, "bin-"));
  const log = path.join(bin, "log");
  const cli = `#!/bin/bash
while [[ $1 == --* ]]; do shift 2; done
echo "$*" >>"${log}"
case "$1 $2" in ${answers} esac
`;
  await writeFile(path.join(bin, "aws"), cli);
  await chmod(path.join(bin, "aws"), 0o755);
  const end = await runScript(files, {
    PATH: `${bin}:${process.env["PATH"] ?? ""}`,
    ENDPOINT: "http://s3.test",
    ...env,
  });
  const calls = (await readFile(log, "utf8")).trimEnd().replaceAll(/\S*\/files-\w+\//g, "");
  return { ...end, calls: calls.split("\n") };
}

/** An answer of that CLI: S3 refuses. */
export const failing = (code: string): string =>
  `echo "An error occurred (${code}) when calling an operation: what S3 says" >&2; exit 254;;`;

const missing = ["aws", "versitygw"].filter((tool) => spawnSync(tool, ["--version"]).error !== undefined);
/** Why tests with a real AWS CLI and store cannot run here, or false. */
export const withoutStore = missing.length > 0 && `not on PATH: ${missing.join(", ")}`;

/** The keys of a store's administrator. */
export const admin = { AWS_ACCESS_KEY_ID: "admin", AWS_SECRET_ACCESS_KEY: "admin-secret" };

export const client = (
  url: string,
  accessKeyId = admin.AWS_ACCESS_KEY_ID,
  secretAccessKey = admin.AWS_SECRET_ACCESS_KEY,
): S3Client =>
  new S3Client({
    endpoint: url,
    region: endpoint.region,
    forcePathStyle: true,
    credentials: { accessKeyId, secretAccessKey },
  });

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  assert.ok(typeof address === "object" && address !== null);
  return `http://127.0.0.1:${address.port}`;
}

/** A store of its own, with an administrator and a user; it ends with the tests. `data`: the folder of its buckets. */
export async function startStore(): Promise<{ readonly url: string; readonly data: string }> {
  const [data, users] = await Promise.all(["data-", "users-"].map((name) => mkdtemp(path.join(root, name))));
  assert.ok(data !== undefined && users !== undefined);
  const reader = { access: "reader", secret: "reader-secret", role: "user" };
  await writeFile(path.join(users, "users.json"), JSON.stringify({ accessAccounts: { reader } }));
  const holder = createServer();
  const url = await listen(holder);
  await new Promise((resolve) => holder.close(resolve));
  const args = ["--port", new URL(url).host, "--region", endpoint.region, "--iam-dir", users];
  const env = {
    ROOT_ACCESS_KEY_ID: admin.AWS_ACCESS_KEY_ID,
    ROOT_SECRET_ACCESS_KEY: admin.AWS_SECRET_ACCESS_KEY,
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
  return { url, data };
}
