import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { takeLock } from "../../../local/demo/lock.ts";

const folder = mkdtempSync(join(tmpdir(), "demo-lock-"));
after(() => {
  rmSync(folder, { recursive: true });
});

describe("the lock of the demo", () => {
  it("is one's at a time, and names who has it", () => {
    const file = join(folder, "new", "lock");
    const lock = takeLock(file, new Date(2026, 0, 1, 12, 3));
    assert.throws(() => takeLock(file), {
      name: "LockedError",
      message: `another demo runs (process ${process.pid}, since 12:03): wait for its end, or stop it`,
    });
    lock.release();
    assert.equal(existsSync(`${file}.holder`), false);
    takeLock(file).release();
  });

  it("goes with a process that is killed", async () => {
    const file = join(folder, "killed");
    const module = fileURLToPath(new URL("../../../local/demo/lock.ts", import.meta.url));
    const program = `import { takeLock } from ${JSON.stringify(module)};
      takeLock(${JSON.stringify(file)}); console.log("has it"); setInterval(() => 0, 1000);`;
    const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    await once(child.stdout, "data");
    assert.throws(() => takeLock(file), new RegExp(`process ${child.pid ?? 0}, since`));
    child.kill("SIGKILL");
    await once(child, "close");
    takeLock(file).release();
  });
});
