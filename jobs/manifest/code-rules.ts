import type { SourceFile } from "./code.ts";
import { dataKeyPattern } from "./names.ts";
import { describeValue } from "./text.ts";
import type { Violation } from "./violations.ts";

/** What is wrong with the files of a code bundle, apart from their size. */
export function codeFileViolations(files: readonly SourceFile[], main: string): readonly Violation[] {
  return [
    ...mainViolations(files, main),
    ...files.flatMap(({ path }, index) => pathViolations(files, path, index)),
  ];
}

function mainViolations(files: readonly SourceFile[], main: string): readonly Violation[] {
  const path = "code.main";
  const name = describeValue(main);
  if (files.length === 0) {
    return [
      { path: "code", problem: "has no files", expected: 'at least the main file, for example "main.py"' },
    ];
  }
  // At the top, as a key of the ConfigMap: Python imports from the main file's folder, and the modules' zip is that.
  if (!dataKeyPattern.test(main) || !main.endsWith(".py")) {
    const problem = `${name} is not a Python file at the top of the code's folder`;
    return [
      { path, problem, expected: 'letters, digits, "-", "_", "." and .py at the end, for example "main.py"' },
    ];
  }
  const source = files.find((file) => file.path === main);
  if (source === undefined) {
    return [{ path, problem: `${name} is not among the files`, expected: "the path of one of them" }];
  }
  if (source.content.length > 0) return [];
  return [{ path, problem: `${name} is empty`, expected: "a program" }];
}

function pathViolations(files: readonly SourceFile[], file: string, index: number): readonly Violation[] {
  const path = `code.files[${index}]`;
  if (!isInside(file)) {
    const problem = `${describeValue(file)} is not a path inside the code's folder`;
    return [{ path, problem, expected: 'a relative path with forward slashes, for example "lib/util.py"' }];
  }
  if (files.findIndex((other) => other.path === file) === index) return [];
  return [{ path, problem: `${describeValue(file)} is there twice`, expected: "each path once" }];
}

/** Relative, with no part that is empty, leads elsewhere, or that an unpacker might read as another path. */
function isInside(file: string): boolean {
  if (file.length > 1024 || /[\p{Cc}\\:]/u.test(file)) return false;
  // An object, which the zip is made from, cannot hold a key of that name.
  return file.split("/").every((part) => !["", ".", "..", "__proto__"].includes(part));
}
