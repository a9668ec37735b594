import { spawn } from "node:child_process";
import { join } from "node:path";

import { parseJson, textAt } from "../kube/json.ts";
import { places } from "./places.ts";
import { environmentOf, sparkplatform, type Client } from "./users.ts";

/** The two lines of Python that the README begins with. */
export const exampleFile = join(places.project, "clients/python/examples/two_lines.py");

/** Runs them, with the job's log on this terminal, and returns the page of the job. @throws where the job fails. */
export async function runExample(client: Client): Promise<string> {
  const child = spawn(join(client.programs, "python"), [exampleFile], {
    env: { ...environmentOf(client, "user"), PYTHONUNBUFFERED: "1" },
    stdio: ["ignore", "inherit", "inherit"],
    signal: client.signal,
  });
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on("error", reject);
    child.on("close", resolve);
  });
  if (code !== 0)
    throw new Error(`the job did not end well (exit code ${code ?? "unknown"}): its words are above`);
  const newest = parseJson(await sparkplatform(client, "user", ["list", "--limit", "1", "--json"]));
  return textAt(Array.isArray(newest) ? newest[0] : undefined, "uiUrl") ?? "";
}
