import { createServer } from "node:net";

import { capture } from "../../images/process.ts";

/** Of these ports of 127.0.0.1, the ones that cannot be had: each with who has it, where that can be told. */
export async function portProblems(ports: readonly number[]): Promise<readonly string[]> {
  const problems = await Promise.all(ports.map(portProblem));
  return problems.flatMap((problem) => problem ?? []);
}

async function portProblem(port: number): Promise<string | undefined> {
  const code = await whyNotListen(port, "127.0.0.1");
  if (code === undefined) return undefined;
  const reason = code === "EADDRINUSE" ? `is in use${await holderOf(port)}` : `cannot be had (${code})`;
  return `port ${port} of 127.0.0.1 ${reason}, and the platform answers there: stop what has it`;
}

/** The code of the error with which nobody can listen there; undefined where one can. */
export function whyNotListen(port: number, address: string): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error) => {
      resolve("code" in error ? String(error.code) : error.message);
    });
    server.listen(port, address, () => {
      server.close(() => {
        resolve(undefined);
      });
    });
  });
}

/** By the `ss` of Linux; not every user may see it, and not every machine has it. */
async function holderOf(port: number): Promise<string> {
  const found = await capture("ss", ["-Hltnp", `sport = :${port}`]);
  const [, program, pid] = /\(\("([^"]+)",pid=(\d+)/.exec(found?.stdout ?? "") ?? [];
  return program === undefined ? "" : ` by ${program}, process ${pid ?? ""}`;
}
