/** `node gateway/test/contract/record.ts`: writes down what the API is, for the tests of the clients. */
import { mkdirSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";

import { OwnScope } from "../support/scope.ts";
import { record } from "./recording.ts";

const scope = new OwnScope();
try {
  for (const [path, text] of await record(scope)) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
} finally {
  await scope.close();
}
