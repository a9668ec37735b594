/** Writes the generated part of stacks/README.md anew: `node stacks/write-readme.ts`. */
import { readFileSync, writeFileSync } from "node:fs";

import { withReference } from "./readme.ts";

const file = new URL("README.md", import.meta.url);
writeFileSync(file, withReference(readFileSync(file, "utf8")));
