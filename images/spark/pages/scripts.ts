/**
 * The scripts of Spark's pages that make HTML of a job's own words (its event log), and the changes that make text of
 * them. What Spark's compiled pages write is not changed: docs/security.md names it.
 */
import { readFileSync } from "node:fs";

/** Replaces a text that must occur exactly once. */
interface Edit {
  readonly before: string;
  readonly after: string;
}

/** A script in one of Spark's jars. */
export interface PageScript {
  /** Start of the jar's name, up to the Scala version. */
  readonly jar: "spark-core" | "spark-sql";
  /** Path in the jar. */
  readonly path: string;
  /** SHA-256 of Spark's own file, lower-case hex: the build fails where the jar has another. */
  readonly sha256: string;
  readonly edits: readonly Edit[];
  /** Text added at the end. */
  readonly append: string;
}

type ScriptName = "utils" | "webui" | "graphlib-dot.min" | "spark-sql-viz" | "historypage";

const read = (name: string): string => readFileSync(new URL(name, import.meta.url), "utf8");
const escapeAnswers = read("escape-answers.js");
const escapeLabels = read("escape-labels.js");

/** A link in a table of executors or tasks: quoted, and no `javascript:`. */
const logLinks: Edit = {
  before: `    result += '<div><a href=' + logUrl + '>' + logName + '</a></div>'`,
  after: `    result += /^(?:https?:\\/)?\\//i.test(logUrl)
      ? '<div><a href="' + logUrl + '">' + logName + '</a></div>'
      : '<div>' + logName + '</div>';`,
};

/** Spark's own escaping of names and errors, which then meets text that is escaped already. */
const escapeOnce: Edit = {
  before: `.replace(/&/g, "&amp;")`,
  after: `.replace(/&(?!(?:amp|lt|gt|quot|#039);)/g, "&amp;")`,
};

/** jQuery's append makes HTML of a string. */
const clusterLabel: Edit = {
  before: `$(this).append(newTexts[2]);`,
  after: `$(this).append(document.createTextNode(newTexts[2]));`,
};

const core = (name: ScriptName, sha256: string, edits: readonly Edit[], append = ""): PageScript => ({
  jar: "spark-core",
  path: `org/apache/spark/ui/static/${name}.js`,
  sha256,
  edits,
  append,
});

const sql = (name: ScriptName, sha256: string, edits: readonly Edit[]): PageScript => ({
  jar: "spark-sql",
  path: `org/apache/spark/sql/execution/ui/static/${name}.js`,
  sha256,
  edits,
  append: "",
});

/** The scripts by Spark version. */
export const pageScripts = {
  "4.0.4": [
    core("utils", "7ed611a0ede6b9c1c77b557a77f8a08a3192b7dc2924cab5220b6f7f1af8fe61", [logLinks, escapeOnce]),
    core("webui", "2b892ba8111999711a66007a3f2011e63965af5253d0a3e0fb6f3b7450ab6e42", [], escapeAnswers),
    core(
      "graphlib-dot.min",
      "ae68701d5a547f47eb65ea79a4e2f3179d23c1b8280b2856e16e68555231a409",
      [],
      escapeLabels,
    ),
    sql("spark-sql-viz", "f7e9715dd2648c80a380a16a8fdb64eb39c00e3ea90721f3c0be59cdf84e64b4", [clusterLabel]),
  ],
  "3.5.8": [
    core("utils", "3ed9811200f83f1f70d208f25b685c4582220a628640f598a159ebd5d450b8e3", [logLinks]),
    core("historypage", "d8e3e5d0d0d4d05e2d92ce7d126f2d5ac33099190d7c01cda04a19643b8e0460", [escapeOnce]),
    core("webui", "e930348fbfe93ae6504c6c79c744aa3e55494be92e91104314067c350fd7f9e6", [], escapeAnswers),
    core(
      "graphlib-dot.min",
      "668584b1ed5fe082dc65c895d7cf4b4b3f0868758b1bdbaf056905418594a556",
      [],
      escapeLabels,
    ),
    sql("spark-sql-viz", "061ec29d4eefc08ea0b8edac8ed6cec99783f54a034dfa691e7b34ec6ac502d5", [clusterLabel]),
  ],
} as const satisfies Readonly<Record<string, readonly PageScript[]>>;
