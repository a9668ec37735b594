import { createHash } from "node:crypto";

import { strToU8, zipSync } from "fflate";

import { codeFileViolations, codePlaces, type CodePlaces } from "./code-rules.ts";
import { describeValue } from "./text.ts";
import type { Result } from "./violations.ts";

export interface SourceFile {
  /** Relative to the code's folder, with forward slashes: `lib/util.py`. */
  readonly path: string;
  readonly content: Uint8Array;
}

/** Code as a ConfigMap holds it. */
export interface CodeBundle {
  /** The key of the program. */
  readonly mainFile: string;
  /** The keys of what it imports. */
  readonly pyFiles: readonly string[];
  /** Key -> text. */
  readonly data: Readonly<Record<string, string>>;
  /** Key -> base64. */
  readonly binaryData: Readonly<Record<string, string>>;
  /** Of the content, in hex: names a ConfigMap so that other code is another ConfigMap. */
  readonly sha256: string;
}

/**
 * The most that goes into a ConfigMap. The API server counts the bytes of the values, those of binaryData without
 * their base64 and the keys not at all, and allows 1 MiB (kubernetes 1.34 pkg/apis/core/validation/validation.go:
 * ValidateConfigMap, MaxSecretSize); the rest is room for metadata in etcd's request.
 */
export const maxCodeBytes = 900 * 1024;

const modulesKey = "modules.zip";

/**
 * Python code for a ConfigMap: the main file under its name and all others, if any, in one zip to import from.
 * The same files give the same bytes, in whatever order, on whatever day and machine.
 * `places`: what violations call the parts; default: `code`, `code.main` and `code.files[0]`.
 */
export function codeBundle(
  files: readonly SourceFile[],
  main: string,
  places: CodePlaces = codePlaces,
): Result<CodeBundle> {
  const violations = codeFileViolations(files, main, places);
  const mainSource = files.find(({ path }) => path === main);
  if (violations.length > 0 || mainSource === undefined) return { ok: false, violations };

  const modules = files.filter(({ path }) => path !== main);
  const contents = new Map([[main, mainSource.content]]);
  if (modules.length > 0) contents.set(modulesKey, zip(modules));

  const bytes = [...contents.values()].reduce((sum, content) => sum + content.length, 0);
  if (bytes > maxCodeBytes) return tooLarge(bytes, modules.length > 0, places.all);
  return { ok: true, value: bundle(main, contents) };
}

function tooLarge(bytes: number, zipped: boolean, path: string): Result<never> {
  const problem = `the code has ${bytes} bytes${zipped ? " with its modules zipped" : ""}, too much for a ConfigMap`;
  const expected =
    `at most ${maxCodeBytes} bytes (900 KiB); put larger code on S3 and name it, ` +
    `for example mainFile "s3a://data/code/main.py" and dependencies.pyFiles ["s3a://data/code/modules.zip"]`;
  return { ok: false, violations: [{ path, problem, expected }] };
}

/**
 * Sorted, and with one fixed time: zip keeps local time, and this is the first it can tell, given as local time, so
 * that the bytes are the same in every time zone.
 */
function zip(modules: readonly SourceFile[]): Uint8Array {
  const byPath = [...modules].sort((a, b) => (a.path < b.path ? -1 : 1));
  return zipSync(Object.fromEntries(byPath.map(({ path, content }) => [path, content])), {
    level: 9,
    mtime: new Date(1980, 0, 1),
  });
}

function bundle(main: string, contents: ReadonlyMap<string, Uint8Array>): CodeBundle {
  const hash = createHash("sha256");
  const data: Record<string, string> = {};
  const binaryData: Record<string, string> = {};
  for (const [key, content] of contents) {
    // Lengths first, so that no two bundles run together to the same bytes.
    hash.update(strToU8(`${describeValue(key)} ${content.length}\n`)).update(content);
    const text = utf8(content);
    if (text === undefined) binaryData[key] = Buffer.from(content).toString("base64");
    else data[key] = text;
  }
  return {
    mainFile: main,
    pyFiles: contents.has(modulesKey) ? [modulesKey] : [],
    data,
    binaryData,
    sha256: hash.digest("hex"),
  };
}

/** The content as text if it is just that: a ConfigMap's text is UTF-8, and must come back byte for byte. */
function utf8(content: Uint8Array): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(content);
  } catch {
    return undefined;
  }
}
