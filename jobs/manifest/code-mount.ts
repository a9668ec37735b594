import type { MountedCode } from "./platform.ts";

/** Where a job's ConfigMap is mounted, on driver and executors. */
export const codeFolder = "/opt/spark/code";

export function mainApplicationFile(code: MountedCode): string {
  return `local://${codeFolder}/${code.mainFile}`;
}

/**
 * The variable that lets Python import the mounted modules, on driver and executors.
 *
 * `deps.pyFiles` would not do: Spark does not distribute files of the scheme `local` (SparkContext.addFile warns and
 * returns), yet pyspark/context.py adds a zip's mere name to the executors' _python_includes, which are looked for
 * below SparkFiles.getRootDirectory(). So a zip that lies on every node is found on none. Python workers do get
 * PYTHONPATH: PythonRunner merges the driver's own, PythonWorkerFactory the executors'.
 */
export function pythonPath(code: MountedCode): Readonly<Record<string, string>> {
  if (code.pyFiles.length === 0) return {};
  // A module that is a plain file is imported from its folder, an archive is a folder by itself.
  const entries = code.pyFiles.map((file) => (file.endsWith(".py") ? codeFolder : `${codeFolder}/${file}`));
  return { PYTHONPATH: [...new Set(entries)].join(":") };
}
