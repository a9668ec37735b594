import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";

import { z } from "zod";

import { check, codeBundle, type CodeBundle, type Result, type SourceFile } from "./manifest/index.ts";

/** Code that travels with the job in a ConfigMap. Larger code goes to S3, and the job names it in `mainFile`. */
export const codeSchema = z
  .union([
    z.strictObject({ inline: z.string().min(1) }),
    z.strictObject({ file: z.string().min(1) }),
    z.strictObject({ folder: z.string().min(1), main: z.string().min(1) }),
  ])
  .meta({
    description: "Python code: its text (inline), a file, or a folder and the main file in it",
    examples: [{ file: "jobs/report.py" }, { folder: "jobs/etl", main: "main.py" }],
  });

export type Code = z.infer<typeof codeSchema>;

/** Reads the code and packs it. Paths are relative to the project. Violations name `code` and what is below it. */
export function readCode(input: unknown): Result<CodeBundle> {
  const parsed = check(codeSchema, input, "code");
  if (!parsed.ok) return parsed;
  const code = parsed.value;
  if ("inline" in code)
    return codeBundle([{ path: "main.py", content: Buffer.from(code.inline) }], "main.py");
  const field = "file" in code ? "code.file" : "code.folder";
  const source = "file" in code ? code.file : code.folder;
  try {
    if ("file" in code) {
      return codeBundle(
        [{ path: path.basename(source), content: readFileSync(source) }],
        path.basename(source),
      );
    }
    return codeBundle(readFolder(source), code.main);
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const kind = field === "code.file" ? "file" : "folder";
    return {
      ok: false,
      violations: [
        {
          path: field,
          problem: `${JSON.stringify(source)} cannot be read: ${error.message}`,
          expected: `the path of a ${kind}, relative to the project's folder`,
        },
      ],
    };
  }
}

/** What Python and version control leave behind is no code. */
function isCode(file: string): boolean {
  return !file.split("/").some((part) => part === "__pycache__" || part.startsWith("."));
}

/** Links to files are files; links to folders may lead anywhere, also back, and are refused. */
function readFolder(folder: string, below = ""): SourceFile[] {
  return readdirSync(path.join(folder, below), { withFileTypes: true }).flatMap((entry) => {
    const file = below === "" ? entry.name : `${below}/${entry.name}`;
    if (!isCode(file)) return [];
    if (entry.isDirectory()) return readFolder(folder, file);
    const place = path.join(folder, file);
    if (!statSync(place).isFile()) throw new Error(`${file} is no file, nor a link to one`);
    return [{ path: file, content: readFileSync(place) }];
  });
}
