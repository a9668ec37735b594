import { z } from "zod";

import {
  check,
  codeBundle,
  joinPath,
  type CodeBundle,
  type Result,
  type SourceFile,
  type Violation,
} from "../../../jobs/manifest/index.ts";
import { isRecord } from "../../../jobs/manifest/record.ts";
import type { PlatformStorage } from "../platform.ts";
import { uploadKey, uploadSha256Schema, type Upload } from "./upload.ts";

/** Halves of surrogate pairs have no UTF-8: the file would have another character in their place. */
const textSchema = z
  .string()
  .refine((text) => text.isWellFormed(), { error: "has half of a surrogate pair, which UTF-8 cannot hold" })
  .meta({ description: "a file's text", examples: ["print(1)\n"] });

const fileNameSchema = z
  .string()
  .max(253)
  .meta({
    description: "the file's name",
    examples: ["report.py"],
  });

const contentSchema = z
  .union([
    z.strictObject({ text: textSchema }),
    z.strictObject({ base64: z.base64().meta({ description: "a file's bytes in base64" }) }),
  ])
  .meta({ description: "a file's text, or its bytes in base64", examples: [{ text: "x = 1\n" }] });

/** The ways in which code comes with a job, by the key of each. */
const ways = {
  file: z
    .strictObject({ name: fileNameSchema, text: textSchema })
    .meta({ description: "one file of Python", examples: [{ name: "report.py", text: "print(1)\n" }] }),
  folder: z
    .strictObject({
      main: z
        .string()
        .max(253)
        .meta({ description: "the path of the program, at the top of the folder", examples: ["main.py"] }),
      files: z.record(z.string().max(1024), contentSchema).meta({
        description: "path -> content of every file, the program's too",
        examples: [{ "main.py": { text: "import lib.util\n" }, "lib/util.py": { text: "x = 1\n" } }],
      }),
    })
    .meta({ description: "a folder of Python", examples: [{ main: "main.py", files: {} }] }),
  upload: z
    .strictObject({
      main: uploadSha256Schema.meta({ description: "SHA-256 of the program, uploaded as py", examples: [] }),
      modules: uploadSha256Schema
        .optional()
        .meta({ description: "SHA-256 of what it imports, uploaded as zip; default: nothing", examples: [] }),
    })
    .meta({ description: "code that was uploaded before (POST /v1/uploads)" }),
} as const;

type Way = keyof typeof ways;

export const submittedCodeSchema = z
  .union([
    z.strictObject({ file: ways.file }),
    z.strictObject({ folder: ways.folder }),
    z.strictObject({ upload: ways.upload }),
  ])
  .meta({
    description: "Python code that comes with the job; file and folder up to 900 KiB, larger code by upload",
    examples: [{ file: { name: "report.py", text: "print(1)\n" } }],
  });

/** Code as the job runs it: from a ConfigMap, or from the store. */
export type SubmittedCode = { readonly kind: "bundle"; readonly bundle: CodeBundle } | UploadedCode;

export interface UploadedCode {
  readonly kind: "uploaded";
  readonly mainFile: string;
  readonly pyFiles: readonly string[];
  /** What must be in the store before the job is submitted. */
  readonly uploads: readonly Upload[];
}

/** Checks the code of a request. Violations name `code` and what is below it. */
export function readSubmittedCode(
  given: unknown,
  storage: PlatformStorage | undefined,
): Result<SubmittedCode> {
  const names = isRecord(given) ? Object.keys(given) : [];
  const [name] = names;
  if (!isRecord(given) || name === undefined || names.length > 1 || !isWay(name)) {
    return wrong("code", "does not say in one way where the code is", "just one of file, folder and upload");
  }
  switch (name) {
    case "file": {
      const file = check(ways.file, given["file"], "code.file");
      if (!file.ok) return file;
      return bundled([{ path: file.value.name, content: Buffer.from(file.value.text) }], file.value.name, {
        all: "code",
        main: "code.file.name",
        file: () => "code.file.name",
      });
    }
    case "folder": {
      const folder = check(ways.folder, given["folder"], "code.folder");
      if (!folder.ok) return folder;
      const files = Object.entries(folder.value.files).map(([path, content]) => ({
        path,
        content: "text" in content ? Buffer.from(content.text) : Buffer.from(content.base64, "base64"),
      }));
      return bundled(files, folder.value.main, {
        all: "code",
        main: "code.folder.main",
        file: (path) => joinPath("code.folder.files", path),
      });
    }
    case "upload":
      return uploaded(given["upload"], storage);
  }
}

function isWay(name: string): name is Way {
  return Object.hasOwn(ways, name);
}

function bundled(
  files: readonly SourceFile[],
  main: string,
  places: Parameters<typeof codeBundle>[2],
): Result<SubmittedCode> {
  const bundle = codeBundle(files, main, places);
  if (bundle.ok) return { ok: true, value: { kind: "bundle", bundle: bundle.value } };
  return { ok: false, violations: distinct(bundle.violations) };
}

/** Whoever sends one file has one name for it, which is the program's and the file's: once is enough. */
function distinct(violations: readonly Violation[]): readonly Violation[] {
  return [...new Map(violations.map((violation) => [violation.path, violation])).values()];
}

function uploaded(given: unknown, storage: PlatformStorage | undefined): Result<SubmittedCode> {
  const checked = check(ways.upload, given, "code.upload");
  if (!checked.ok) return checked;
  if (storage === undefined) {
    return wrong("code.upload", "needs a store, and this platform has none", "file or folder, up to 900 KiB");
  }
  const { main, modules } = checked.value;
  const program: Upload = { sha256: main, kind: "py" };
  const imported: readonly Upload[] = modules === undefined ? [] : [{ sha256: modules, kind: "zip" }];
  const location = (upload: Upload): string => `s3a://${storage.bucket}/${uploadKey(upload)}`;
  return {
    ok: true,
    value: {
      kind: "uploaded",
      mainFile: location(program),
      pyFiles: imported.map(location),
      uploads: [program, ...imported],
    },
  };
}

function wrong(path: string, problem: string, expected: string): Result<never> {
  return { ok: false, violations: [{ path, problem, expected }] };
}
