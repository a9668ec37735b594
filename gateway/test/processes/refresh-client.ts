/** A client as a process of its own: for each line `{"url", "refreshToken"}` it refreshes and writes what came. */
import { createInterface } from "node:readline";

import { parseJson, textAt } from "../../../local/kube/json.ts";

console.log("ready");
for await (const line of createInterface(process.stdin)) {
  const wish = parseJson(line);
  const response = await fetch(textAt(wish, "url") ?? "", {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ refreshToken: textAt(wish, "refreshToken") }),
  });
  console.log(JSON.stringify({ status: response.status, body: await response.json() }));
}
