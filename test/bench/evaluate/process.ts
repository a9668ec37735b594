import { fork } from "node:child_process";

import type { EvaluationReply, EvaluationRequest } from "./child.ts";

/** Runs one evaluation in a fresh process. @throws where the program fails, with what the process said on stderr. */
export function evaluateIn(request: EvaluationRequest): Promise<EvaluationReply> {
  const child = fork(new URL("child.ts", import.meta.url).pathname, [], {
    stdio: ["ignore", "ignore", "pipe", "ipc"],
  });
  let said = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    said = (said + text).slice(-4000);
  });
  return new Promise((resolve, reject) => {
    child.on("message", (reply: EvaluationReply) => {
      resolve(reply);
    });
    child.on("error", reject);
    child.on("close", (code, signal) => {
      reject(new Error(`the evaluation ended early (${signal ?? code ?? "unknown"}): ${said.trim()}`));
    });
    child.send(request);
  });
}
