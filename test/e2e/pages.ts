import assert from "node:assert/strict";
import path from "node:path";

import type { BrowserContext, Page, Response } from "playwright-core";

import { parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { TestBrowser } from "./browser.ts";
import { e2eEnvironment } from "./environment.ts";
import type { HttpsClient } from "./https-client.ts";

export const sessionCookie = "__Host-spark";

/** The platform's pages as visitors meet them, in a browser and without. */
export class Pages {
  readonly url: string;
  readonly #browser: TestBrowser;
  readonly #client: HttpsClient;
  readonly #passwords: Fields;
  readonly #screenshots = e2eEnvironment(process.env).screenshots;

  /** `output` is the stack's output `ui`. */
  constructor(output: unknown, browser: TestBrowser, client: HttpsClient) {
    this.url = textAt(output, "url") ?? "";
    this.#passwords = recordAt(output, "users");
    this.#browser = browser;
    this.#client = client;
  }

  /** Somebody without a session, at the log-in page that the address leads to. */
  async stranger(at = "/"): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
    const context = await this.#browser.visitor();
    const page = await context.newPage();
    await until("the log-in page", 60_000, async () => {
      try {
        await page.goto(`${this.url}${at}`);
        await page.waitForSelector("input[name=login]", { timeout: 10_000 });
        return { done: undefined };
      } catch (error) {
        return { waiting: error instanceof Error ? error.message : String(error) };
      }
    });
    return { context, page };
  }

  /** Fills in the log-in page that is shown, and waits to be back. */
  async signIn(page: Page, user: string): Promise<void> {
    await page.fill("input[name=login]", user);
    await page.fill("input[name=password]", String(this.#passwords[user]));
    await page.click("button[type=submit]");
    await page.waitForURL((at) => at.origin === this.url);
  }

  /** Somebody who has logged in. */
  async member(user: string): Promise<{ readonly context: BrowserContext; readonly page: Page }> {
    const { context, page } = await this.stranger();
    await this.signIn(page, user);
    return { context, page };
  }

  /** The session, empty where there is none. */
  async session(context: BrowserContext): Promise<string> {
    const cookies = await context.cookies(this.url);
    return cookies.find(({ name }) => name === sessionCookie)?.value ?? "";
  }

  /** Opens a page and waits for all that it loads: nothing may fail, and nothing may come from elsewhere. */
  async opens(page: Page, at: string, words: RegExp): Promise<void> {
    const wrong: string[] = [];
    const response = (answer: Response): void => {
      const from = new URL(answer.url());
      if (answer.status() >= 400 || (from.protocol !== "data:" && from.origin !== this.url))
        wrong.push(`${answer.status()} ${answer.url()}`);
    };
    const script = (error: Error): void => void wrong.push(error.message);
    page.on("response", response).on("pageerror", script);
    await page.goto(`${this.url}${at}`, { waitUntil: "networkidle" });
    page.off("response", response).off("pageerror", script);
    assert.match(await page.innerText("body"), words, at);
    assert.deepEqual(wrong, [], at);
  }

  /** Keeps a picture of the page where the environment names a folder for it. */
  async picture(page: Page, name: string): Promise<void> {
    if (this.#screenshots === undefined) return;
    await page.screenshot({ path: path.join(this.#screenshots, `${name}.png`) });
  }

  /** The links to applications on the list. */
  async listed(page: Page): Promise<readonly string[]> {
    await page.goto(`${this.url}/`);
    const links = page.locator("#history-summary-table tbody tr td a");
    await links.first().waitFor({ timeout: 60_000 });
    await page.locator(".blockUI").first().waitFor({ state: "hidden" });
    return links.allInnerTexts();
  }

  /** Waits until the API lists the application to who holds the session. Returns the seconds that it took. */
  async appears(session: string, sparkId: string): Promise<number> {
    const begun = performance.now();
    await until(`${sparkId} to be listed`, 120_000, async () => {
      const ids = await this.known(session);
      return ids.includes(sparkId) ? { done: undefined } : { waiting: ids.join(", ") };
    });
    return (performance.now() - begun) / 1000;
  }

  /** Applications as the API lists them to who holds the session. */
  async known(session: string): Promise<readonly string[]> {
    const cookie = `${sessionCookie}=${session}`;
    const answer = await this.#client.get(`${this.url}/api/v1/applications`, { cookie });
    assert.equal(answer.status, 200);
    const found = parseJson(answer.body);
    return Array.isArray(found) ? found.map((each: unknown) => textAt(each, "id") ?? "") : [];
  }
}
