import { globSync, readFileSync } from "node:fs";
import path from "node:path";

import { projectFolder } from "../support/graph.ts";

/** A document of the project. */
export interface Document {
  /** Its path in the project. */
  readonly file: string;
  readonly text: string;
}

/** What others have put into the project's folder. */
const foreign = new Set(["node_modules", ".cache", ".git", ".pytest_cache"]);

/** Every document there is. */
export const documents: readonly Document[] = globSync("**/*.md", {
  cwd: projectFolder,
  exclude: (file) => foreign.has(path.basename(file)),
})
  .sort()
  .map((file) => ({ file, text: readDocument(file) }));

export function readDocument(file: string): string {
  return readFileSync(path.join(projectFolder, file), "utf8");
}

/** The text without its blocks of code. */
export function prose(text: string): string {
  return text.replace(/^( *)```[^]*?^\1```$/gm, "");
}

/** What stands between backticks outside of blocks. */
export function quoted(text: string): readonly string[] {
  return [...prose(text).matchAll(/`([^`\n]+)`/g)].map(([, word = ""]) => word);
}

/** The anchors of a document's headings, as GitHub makes them. */
export function anchors(text: string): ReadonlySet<string> {
  const headings = [...prose(text).matchAll(/^#+ (.+)$/gm)].map(([, heading = ""]) => heading);
  return new Set(
    headings.map((heading) =>
      heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, "")
        .replaceAll(" ", "-"),
    ),
  );
}

/** The commands of a document's blocks for a shell, without what is said of them. */
export function commands(text: string): readonly string[] {
  return [...text.matchAll(/^ *```sh\n([^]*?)^ *```$/gm)]
    .flatMap(([, block = ""]) => block.split("\n"))
    .map((line) => line.replace(/ +# .*$/, "").trim())
    .filter((line) => line !== "");
}
