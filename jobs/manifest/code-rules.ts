import { unsafeInLine } from "./characters.ts";
import type { SourceFile } from "./code.ts";
import { dataKeyPattern } from "./names.ts";
import { describeValue } from "./text.ts";
import type { Violation } from "./violations.ts";

/** Where in the input a bundle's parts are, for the violations to name. */
export interface CodePlaces {
  readonly all: string;
  readonly main: string;
  readonly file: (path: string, index: number) => string;
}

export const codePlaces: CodePlaces = {
  all: "code",
  main: "code.main",
  file: (_path, index) => `code.files[${index}]`,
};

/** What is wrong with the files of a code bundle, apart from their size. */
export function codeFileViolations(
  files: readonly SourceFile[],
  main: string,
  places: CodePlaces,
): readonly Violation[] {
  return [
    ...mainViolations(files, main, places),
    ...files.flatMap(({ path }, index) => pathViolations(files, path, index, places)),
  ];
}

function mainViolations(
  files: readonly SourceFile[],
  main: string,
  { all, main: path }: CodePlaces,
): readonly Violation[] {
  const name = describeValue(main);
  if (files.length === 0) {
    return [
      { path: all, problem: "has no files", expected: 'at least the main file, for example "main.py"' },
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

function pathViolations(
  files: readonly SourceFile[],
  file: string,
  index: number,
  places: CodePlaces,
): readonly Violation[] {
  const path = places.file(file, index);
  if (!isInside(file)) {
    const problem = `${describeValue(file)} is not a path inside the code's folder`;
    return [{ path, problem, expected: 'a relative path with forward slashes, for example "lib/util.py"' }];
  }
  if (files.findIndex((other) => other.path === file) === index) return [];
  return [{ path, problem: `${describeValue(file)} is there twice`, expected: "each path once" }];
}

/** Relative, with no part that is empty, leads elsewhere, or that an unpacker might read as another path. */
function isInside(file: string): boolean {
  if (file.length > 1024 || /[\\:]/.test(file) || unsafeInLine(file) !== undefined) return false;
  // An object, which the zip is made from, cannot hold a key of that name.
  return file.split("/").every((part) => !["", ".", "..", "__proto__"].includes(part));
}
