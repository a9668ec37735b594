import { readFileSync } from "node:fs";

import type { Result, Violation } from "../jobs/manifest/index.ts";

/** What all objects together may weigh, in bytes: they reach the cluster in one ConfigMap, and etcd takes 1 MiB. */
const limit = 900 * 1024;

/** Reads the files that the stack puts into the bucket: key -> path becomes key -> text. What is no path is skipped. */
export function readObjects(files: unknown): Result<Record<string, string>> {
  const texts: Record<string, string> = {};
  const violations: Violation[] = [];
  const entries: [string, unknown][] =
    typeof files === "object" && files !== null ? Object.entries(files) : [];
  for (const [key, file] of entries) {
    if (typeof file !== "string" || file === "") continue;
    try {
      texts[key] = new TextDecoder("utf-8", { fatal: true }).decode(readFileSync(file));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      violations.push({
        path: `storage.objects[${JSON.stringify(key)}]`,
        problem: `${JSON.stringify(file)} cannot be read as text: ${error.message}`,
        expected: "the path of a UTF-8 text file, relative to the project's folder",
      });
    }
  }
  const bytes = Buffer.byteLength(JSON.stringify(texts));
  if (bytes > limit) {
    violations.push({
      path: "storage.objects",
      problem: `${bytes} bytes in all`,
      expected: `${limit} bytes at most; upload larger ones with an S3 client`,
    });
  }
  return violations.length === 0 ? { ok: true, value: texts } : { ok: false, violations };
}
