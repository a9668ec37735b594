import assert from "node:assert/strict";
import path from "node:path";

import type { BrowserContext, Page, Response } from "playwright-core";

import { parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { atOrigin, originOf, pagesAtEntry } from "../../gateway/src/ui/origins.ts";
import { until } from "../../local/kube/wait.ts";
import type { TestBrowser } from "./browser.ts";
import { e2eEnvironment } from "./environment.ts";
import { origins } from "./front-door.ts";
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
    await page.waitForURL((at) => at.origin === this.url || at.host.endsWith(`.${new URL(origins).host}`));
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

  /** URL at which a page is shown that the front door has at this path. */
  shownAt(path: string): string {
    const pages = pagesAtEntry(path);
    assert.ok(pages, path);
    return `${originOf(origins, pages)}${atOrigin(pages, path)}`;
  }

  /**
   * Opens a page of the front door's, is led to its origin and waits for all that it loads: nothing may fail, and
   * nothing may come from elsewhere.
   */
  async opens(page: Page, at: string, words: RegExp): Promise<void> {
    const wrong: string[] = [];
    const { origin } = new URL(this.shownAt(at));
    const response = (answer: Response): void => {
      const from = new URL(answer.url());
      const isOnItsWay = answer.status() === 302 && from.origin === this.url;
      if (answer.status() >= 400 || (from.protocol !== "data:" && from.origin !== origin && !isOnItsWay))
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
    await page.goto(`${this.url}/history/`);
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

  /** The origin of the pages that the front door has at a path, and a cookie for it, for who holds the session there. */
  async sessionAt(
    session: string,
    path: string,
  ): Promise<{ readonly origin: string; readonly cookie: string }> {
    const led = await this.#client.get(`${this.url}${path}`, { cookie: `${sessionCookie}=${session}` });
    const ticket = String(led.headers["location"]);
    const { origin } = new URL(this.shownAt(path));
    assert.ok(ticket.startsWith(`${origin}/`), `${led.status} ${ticket}`);
    const { headers } = await this.#client.get(ticket);
    const cookie = [headers["set-cookie"] ?? []]
      .flat()
      .map((each) => each.split(";", 1)[0])
      .join("; ");
    return { origin, cookie };
  }

  /** Applications as the History Server lists them to who holds the session at the front door. */
  async known(session: string): Promise<readonly string[]> {
    const { origin, cookie } = await this.sessionAt(session, "/history/");
    const answer = await this.#client.get(`${origin}/api/v1/applications`, { cookie });
    assert.equal(answer.status, 200);
    const found = parseJson(answer.body);
    return Array.isArray(found) ? found.map((each: unknown) => textAt(each, "id") ?? "") : [];
  }
}
