import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

import { chromium, type Browser, type BrowserContext } from "playwright-core";

const programs = ["/usr/bin/chromium", "/usr/bin/google-chrome"];

export interface BrowserOptions {
  /** PEM of an authority that the browser trusts beside the public ones. Default: none. */
  readonly authority?: string;
  /** Name -> address, for names that no DNS knows. */
  readonly hosts: Readonly<Record<string, string>>;
}

/** A real browser with a home of its own; it checks certificates as a user's does. */
export class TestBrowser {
  readonly #browser: Browser;
  readonly #home: string;

  private constructor(browser: Browser, home: string) {
    this.#browser = browser;
    this.#home = home;
  }

  /** @throws where neither Chromium nor Chrome is there, or no certutil (Debian: libnss3-tools). */
  static async open({ authority, hosts }: BrowserOptions): Promise<TestBrowser> {
    const executablePath = programs.find((program) => existsSync(program));
    if (executablePath === undefined)
      throw new Error(`none of ${programs.join(", ")} is there: install chromium`);
    const home = mkdtempSync(path.join(tmpdir(), "e2e-browser-"));
    trust(home, authority);
    const rules = Object.entries(hosts).map(([name, address]) => `MAP ${name} ${address}`);
    const browser = await chromium.launch({
      executablePath,
      // Chromium refuses its sandbox to root, whom tests on a cluster's node run as.
      args: [`--host-resolver-rules=${rules.join(",")}`, "--no-sandbox", "--disable-dev-shm-usage"],
      env: { PATH: process.env["PATH"] ?? "", HOME: home },
    });
    return new TestBrowser(browser, home);
  }

  /** A visitor: cookies and cache of its own. */
  visitor(): Promise<BrowserContext> {
    return this.#browser.newContext({ viewport: { width: 1280, height: 800 } });
  }

  async close(): Promise<void> {
    await this.#browser.close();
    rmSync(this.#home, { recursive: true, force: true });
  }
}

/** The trust store where Chromium looks on Linux. */
function trust(home: string, authority: string | undefined): void {
  const store = path.join(home, ".pki/nssdb");
  mkdirSync(store, { recursive: true });
  execFileSync("certutil", ["-d", `sql:${store}`, "-N", "--empty-password"]);
  if (authority === undefined) return;
  const file = path.join(home, "authority.crt");
  writeFileSync(file, authority);
  execFileSync("certutil", ["-d", `sql:${store}`, "-A", "-n", "stack", "-t", "C,,", "-i", file]);
}
