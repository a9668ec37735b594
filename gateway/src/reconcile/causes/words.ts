import { shorten, type Cause } from "./cause.ts";

interface Rule {
  /** Of its groups, the first that has a text is told in the reason. */
  readonly pattern: RegExp;
  readonly reason: (what: string) => string;
  readonly hint: string;
}

/**
 * What a driver's last words mean, the surest first. Kubernetes keeps the log's last 2 KiB or 80 lines
 * (https://kubernetes.io/docs/tasks/debug/debug-application/determine-reason-pod-failure/).
 */
const rules: readonly Rule[] = [
  {
    // Spark's own words (ExecutorExitCode, ExecutorPodsLifecycleManager) and those of other cluster managers.
    pattern:
      /exit(?:ed with exit)? code:? ?137|SIGKILL, possible container OOM|executor \d+[^\n]*OOMKilled|Container killed by YARN for exceeding (?:physical )?memory limits/i,
    reason: () => "an executor was killed, being out of memory",
    hint: "raise executor.memoryOverhead or executor.memory, or use more partitions",
  },
  {
    pattern:
      /(?:ExecutorLostFailure|Lost task|TaskSetManager)[^]*java\.lang\.OutOfMemoryError(?:: ([^\n]*))?/,
    reason: (what) => `an executor ran out of memory: ${what}`,
    hint: "raise executor.memory, or use more partitions",
  },
  {
    pattern: /java\.lang\.OutOfMemoryError(?:: ([^\n]*))?/,
    reason: (what) => `the driver ran out of memory: ${what}`,
    hint: "raise driver.memory, and collect less data to the driver",
  },
  {
    pattern:
      /(?:NoSuchFileException|FileNotFoundException): ([^\n]+)|can't open file '?([^'\n:]+)'?: \[Errno 2\]|FileNotFoundError: \[Errno 2\] No such file or directory: ([^\n]+)|Path does not exist: ([^\n]+?)\.? *(?:SQLSTATE|\n|$)|(NoSuchBucket|NoSuchKey)\b/,
    reason: (what) => `a file is missing: ${what}`,
    hint: "check the path, and that the file was uploaded before the job ran",
  },
  {
    pattern: /([^\n]*(?:AccessDenied|Access Denied|Status Code: 403|403 Forbidden)[^\n]*)/,
    reason: (what) => `access was denied: ${what}`,
    hint: "jobs may read datasets/ and code/ of the bucket, and write datasets/",
  },
  {
    pattern: /((?:ModuleNotFoundError|ImportError): [^\n]+)/,
    reason: (what) => `a Python module is missing: ${what}`,
    hint: "send the module with the job, or use an image that has it",
  },
];

/** The characters that are looked at, from the end: a submission's output has no limit. */
const mostCharacters = 16_384;

/** What the last words of a driver say about its end; undefined where they say nothing that is known. */
export function wordsCause(all: string): Cause | undefined {
  const words = all.slice(-mostCharacters);
  for (const { pattern, reason, hint } of rules) {
    const match = pattern.exec(words);
    if (match === null) continue;
    const what = match.slice(1).find(Boolean) ?? "";
    return { reason: shorten(reason(what)).replace(/: ?$/, ""), hint };
  }
  const error = pythonError(words) ?? javaError(words);
  if (error === undefined) return undefined;
  return {
    reason: `the program failed: ${shorten(error)}`,
    hint: "the driver's log has the whole stack trace",
  };
}

/** The line after the last traceback; or, where its beginning is cut off, the last line that looks like one. */
function pythonError(words: string): string | undefined {
  const parts = words.split(/^Traceback \(most recent call last\):$/m);
  const lines = (parts.at(-1) ?? "").split("\n");
  const error = /^[A-Za-z_][\w.]*(?:Error|Exception|Exit|Interrupt|Warning)(?::|$)/;
  const raised = (line: string): boolean => (parts.length > 1 ? /^[A-Za-z_][\w.]*(?::|$)/ : error).test(line);
  return parts.length > 1 ? lines.find(raised) : lines.findLast(raised);
}

/** The innermost cause that is told, else what ended the main thread. */
function javaError(words: string): string | undefined {
  const caused = [...words.matchAll(/^\s*Caused by: ([^\n]+)/gm)].at(-1);
  return caused?.[1] ?? /Exception in thread "[^"]*" ([^\n]+)/.exec(words)?.[1];
}
