import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";

import { forwardService } from "../../../local/kube/forward.ts";
import { listAt, recordAt, textAt, type Fields } from "../../../local/kube/json.ts";
import { application } from "../applications.ts";
import { TestBrowser } from "../browser.ts";
import { ann, bob, cyd, host, issuer, login, namesAt, pagesHost, url } from "../front-door.ts";
import { exposure } from "../gateway.ts";
import { keysOf, queryJob, survives } from "../history-losses.ts";
import { HttpsClient } from "../https-client.ts";
import { cookieName } from "../../../gateway/src/ui/ui.ts";
import { Pages, sessionCookie } from "../pages.ts";
import { E2ePlatform } from "../platform.ts";
import { nodeAddress } from "../rollouts.ts";
import { localJob, team } from "../stack.ts";
import { tricks, unsigned } from "../tricks.ts";

describe("the history of jobs behind the log-in", () => {
  const opened: { close(): Promise<void> }[] = [];
  let platform: E2ePlatform;
  let keys: Fields;
  let browser: TestBrowser;
  let client: HttpsClient;
  let pages: Pages;
  let address: string;
  /** Spark's id of the query's run. */
  let id: string;
  let jobsPage: string;

  before(async () => {
    platform = await E2ePlatform.open("e2e-history");
    opened.push(platform);
    keys = keysOf(platform);
    await platform.up({ "word-count": localJob("word-count"), query: queryJob }, keys);
    const output = platform.outputs["ui"];
    const authority = textAt(output, "certificateAuthority") ?? "";
    address = await nodeAddress(platform.kube);
    client = new HttpsClient(address, authority);
    browser = await TestBrowser.open({ authority, hosts: namesAt(address) });
    opened.push(browser);
    pages = new Pages(output, browser, client);
    await application(platform.kube, team, "word-count", ["COMPLETED"]);
    id = (await application(platform.kube, team, "query", ["COMPLETED"])).sparkId;
    jobsPage = `/history/${id}/jobs/`;
  });
  after(async () => {
    for (const each of opened.reverse()) await each.close();
  });

  it("tells where the pages are and which names they need", () => {
    const output = recordAt(platform.outputs["ui"]);
    assert.equal(output["url"], url);
    assert.deepEqual(
      listAt(output, "records").map((each) => textAt(each, "name")),
      [host, login],
    );
    assert.deepEqual(
      listAt(platform.outputs["gateway"], "records").map((each) => textAt(each, "name")),
      [exposure.host, `*.${pagesHost}`],
    );
  });

  it("is nothing to a browser that does not trust the stack's authority", async () => {
    const other = await TestBrowser.open({ hosts: { [host]: address } });
    try {
      const page = await (await other.visitor()).newPage();
      await assert.rejects(page.goto(url), /ERR_CERT_AUTHORITY_INVALID/);
    } finally {
      await other.close();
    }
  });

  it("lists the jobs that ran", async () => {
    const { context, page } = await pages.member(ann);
    await pages.appears(await pages.session(context), id);
    const names = await pages.listed(page);
    assert.ok(names.includes(id), names.join(" "));
    await pages.picture(page, "history-list");
    await context.close();
  });

  it("sends who has no session to log in, and brings them back to the page that they asked for", async () => {
    const asked = `/history/${id}/stages/`;
    const { context, page } = await pages.stranger(asked);
    assert.equal(new URL(page.url()).origin, issuer);
    await pages.signIn(page, ann);
    await page.waitForURL(pages.shownAt(asked));
    assert.match(await page.innerText("body"), /Completed Stages/);
    const cookie = (await context.cookies(url)).find(({ name }) => name === sessionCookie);
    assert.deepEqual(
      [cookie?.secure, cookie?.httpOnly, cookie?.sameSite, cookie?.domain, cookie?.path],
      [true, true, "Lax", host, "/"],
    );
    const own = (await context.cookies(pages.shownAt(asked))).find(({ name }) => name === cookieName);
    assert.deepEqual(
      [own?.secure, own?.httpOnly, own?.sameSite, own?.domain, own?.path],
      [true, true, "Lax", new URL(pages.shownAt(asked)).hostname, "/"],
    );
    // Also to a page of a page.
    const deep = `/history/${id}/SQL/execution/?id=0`;
    const second = await pages.stranger(deep);
    await pages.signIn(second.page, ann);
    await second.page.waitForURL(pages.shownAt(deep));
    assert.match(await second.page.innerText("body"), /Details for Query 0/);
    await Promise.all([context.close(), second.context.close()]);
  });

  it("shows an application's pages with all that they load, from one origin", async () => {
    const { context, page } = await pages.member(ann);
    const shown = [
      ["stages/", /Completed Stages/],
      ["executors/", /Summary/],
      ["environment/", /Spark Properties/],
      ["SQL/", /Completed Queries/],
      ["SQL/execution/?id=0", /Details for Query 0/],
      ["jobs/job/?id=0", /Details for Job 0/],
      ["jobs/", /Completed Jobs/],
    ] as const;
    for (const [path, words] of shown) await pages.opens(page, `/history/${id}/${path}`, words);
    await pages.picture(page, "history-application");
    await context.close();
  });

  it("gives an application's event log as a file", async () => {
    const { context, page } = await pages.member(ann);
    await pages.listed(page);
    const row = page.locator("#history-summary-table tbody tr", { hasText: id });
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      row.locator("a[href*='/logs']").first().click(),
    ]);
    assert.match(download.suggestedFilename(), /^eventLogs-.*\.zip$/);
    const bytes = readFileSync(await download.path());
    assert.equal(bytes.subarray(0, 2).toString(), "PK");
    assert.ok(bytes.includes(id));
    await context.close();
  });

  it("refuses who is of no allowed group", async () => {
    const { context, page } = await pages.stranger();
    await pages.signIn(page, bob);
    assert.match(await page.innerText("body"), /403|Forbidden/);
    assert.equal(await pages.session(context), "");
    await context.close();
  });

  it("is for admins, whatever the application", async () => {
    const { context, page } = await pages.member(cyd);
    for (const at of ["/history/", "/history/?showIncomplete=true", jobsPage]) {
      const answer = await page.goto(`${url}${at}`);
      assert.equal(answer?.status(), 403, at);
    }
    await context.close();
  });

  it("ends the session at the log-out", async () => {
    const { context, page } = await pages.member(ann);
    await page.goto(`${url}/oauth2/sign_out`);
    assert.equal(await pages.session(context), "");
    await page.goto(`${url}${jobsPage}`);
    assert.equal(new URL(page.url()).origin, issuer);
    await context.close();
  });

  it("lets nobody in by what a request says of itself", async () => {
    const { context } = await pages.member(ann);
    const cookie = await pages.session(context);
    const page = `${url}${jobsPage}`;
    const good = await client.get(page, { cookie: `${sessionCookie}=${cookie}` });
    assert.ok(String(good.headers["location"]).startsWith(`${new URL(pages.shownAt(jobsPage)).origin}/`));
    assert.equal(good.headers["strict-transport-security"], "max-age=31536000");
    for (const headers of tricks(cookie, ann, issuer)) {
      const answer = await client.get(page, headers);
      assert.equal(answer.status, 302, JSON.stringify(headers));
      assert.ok(String(answer.headers["location"]).startsWith(`${issuer}/auth?`));
      assert.doesNotMatch(answer.body, /Spark/);
    }
    for (const path of [
      "/ping/../history/",
      "/oauth2/static/../../history/",
      "//history/",
      "/%2e%2e/history/",
    ])
      assert.doesNotMatch(JSON.stringify(await client.get(`${url}${path}`)), /"status":200|ticket=/, path);
    const away = await client.get(`${url}/oauth2/sign_out?rd=https://evil.test/`);
    assert.doesNotMatch(String(away.headers["location"]), /evil/);
    await context.close();
  });

  it("answers a request that goes around the front door with nothing", async () => {
    const direct = await forwardService(platform.kube, "spark-history", "history");
    try {
      for (const headers of unsigned(ann, issuer)) {
        for (const path of ["/", jobsPage, "/api/v1/applications", "/static/webui.js", "/metrics/json"]) {
          const address = `http://127.0.0.1:${direct.port}${path}`;
          const answer = await fetch(address, { headers, redirect: "manual" });
          assert.equal(answer.status, 403, path);
          assert.doesNotMatch(await answer.text(), /Completed|jquery|sparkUser/);
        }
      }
    } finally {
      await direct.close();
    }
  });

  it("speaks TLS 1.2 and 1.3, and nothing older", async () => {
    for (const server of [url, issuer, pages.shownAt("/history/")]) {
      assert.equal(await client.version(server, "TLSv1.3"), "TLSv1.3");
      assert.equal(await client.version(server, "TLSv1.2"), "TLSv1.2");
      for (const old of ["TLSv1.1", "TLSv1"] as const)
        await assert.rejects(client.version(server, old), /protocol version|alert/i);
    }
  });

  it("takes a reader whose session ends back to where they were", async () => {
    const { context, page } = await pages.member(ann);
    await pages.listed(page);
    await context.clearCookies();
    const ajax = await page.evaluate<number>(
      `fetch("/api/v1/applications", { headers: { accept: "application/json" } }).then((answer) => answer.status)`,
    );
    assert.equal(ajax, 401, "what a page loads by itself is not sent to log in");
    await page.locator("#history-summary-table tbody tr", { hasText: id }).locator("a").first().click();
    await page.waitForURL((at) => at.origin === issuer);
    await pages.signIn(page, ann);
    await page.waitForURL((at) => at.href.startsWith(pages.shownAt(`/history/${id}/`)));
    assert.match(await page.innerText("body"), /Completed Jobs/);
    await context.close();
  });

  survives(() => ({ platform, keys, browser, pages, id, jobsPage }));
});
