import assert from "node:assert/strict";
import { it } from "node:test";

import type { Fields } from "../../local/kube/json.ts";
import { application } from "./applications.ts";
import type { TestBrowser } from "./browser.ts";
import { ann, issuer, ui, url } from "./front-door.ts";
import { embeddedGateway } from "./gateway.ts";
import { lastLines, withLastWords } from "./last-words.ts";
import type { Pages } from "./pages.ts";
import { report, type E2ePlatform } from "./platform.ts";
import { restart, scale, store } from "./rollouts.ts";
import { job, team } from "./stack.ts";

const frontDoor = { namespace: "spark-ui", name: "front-door" };
const dex = { namespace: "spark-ui", name: "dex" };
const history = { namespace: "spark-history", name: "history" };

/** The keys of a stack that has the pages of ended jobs. */
export const keysOf = (platform: E2ePlatform): Fields => ({
  ui,
  gateway: embeddedGateway(platform),
  history: { memory: "512m" },
});
/** Leaves an SQL query in its event log. */
const query = `
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
spark.range(1000).selectExpr("id % 7 as k").groupBy("k").count().collect()
spark.stop()
`;
export const queryJob = job({ code: { inline: query } });

/** The pages of a platform on which the query has run. */
export interface HistoryScene {
  readonly platform: E2ePlatform;
  /** What it was deployed with. */
  readonly keys: Fields;
  readonly browser: TestBrowser;
  readonly pages: Pages;
  /** Spark's id of the query's run. */
  readonly id: string;
  readonly jobsPage: string;
}

/** Tests of what becomes of the pages, and of who looks at them, when something that they stand on goes or changes. */
export function survives(scene: () => HistoryScene): void {
  it("keeps sessions over a restart of the front door", async () => {
    const { platform, pages, jobsPage } = scene();
    const { context, page } = await pages.member(ann);
    await restart(platform.kube, frontDoor);
    await page.goto(`${url}${jobsPage}`);
    assert.match(await page.innerText("body"), /Completed Jobs/);
    await context.close();
  });

  it("serves who is logged in while the identity provider is down, and lets others in when it is back", async () => {
    const { platform, browser, pages, jobsPage } = scene();
    const { context, page } = await pages.member(ann);
    await scale(platform.kube, dex, 0);
    await pages.opens(page, jobsPage, /Completed Jobs/);
    const other = await browser.visitor();
    await assert.rejects((await other.newPage()).goto(url), (error: Error) => {
      report(`without the identity provider a visitor sees ${/net::\w+/.exec(error.message)?.[0] ?? ""}`);
      return error.message.includes("net::ERR_");
    });
    await scale(platform.kube, dex, 1);
    await (await pages.member(ann)).context.close();
    await pages.opens(page, jobsPage, /Completed Jobs/);
    await Promise.all([context.close(), other.close()]);
  });

  it("shows what it has read while the store is down, and new jobs when it is back", async () => {
    const { platform, keys, pages, id, jobsPage } = scene();
    const { context, page } = await pages.member(ann);
    const cookie = await pages.session(context);
    await scale(platform.kube, store, 0);
    await pages.opens(page, jobsPage, /Completed Jobs/);
    assert.ok((await pages.known(cookie)).includes(id));
    await scale(platform.kube, store, 1);
    await platform.up({ later: queryJob }, keys);
    const later = await application(platform.kube, team, "later", ["COMPLETED"]);
    const seconds = await withLastWords(pages.appears(cookie, later.sparkId), () =>
      lastLines(platform.kube, history.namespace, /WARN|ERROR|FsHistoryProvider/),
    );
    report(`listed ${seconds.toFixed(1)} s after the operator said COMPLETED`);
    await context.close();
  });

  it("loses nothing with its pod", async () => {
    const { platform, pages, id, jobsPage } = scene();
    const { context, page } = await pages.member(ann);
    await restart(platform.kube, history);
    await pages.appears(await pages.session(context), id);
    await pages.opens(page, jobsPage, /Completed Jobs/);
    await context.close();
  });

  it("ends every session with another cookie secret, and opens nobody else's", async () => {
    const { platform, pages, jobsPage } = scene();
    const { context, page } = await pages.member(ann);
    const secret = { apiVersion: "v1", kind: "Secret", namespace: "spark-ui", name: "front-door-secrets" };
    const other = Buffer.alloc(32, 7).toString("base64url");
    await platform.kube.patch(secret, { data: { "cookie-secret": Buffer.from(other).toString("base64") } });
    await restart(platform.kube, frontDoor);
    await page.goto(`${url}${jobsPage}`);
    assert.equal(new URL(page.url()).origin, issuer);
    await pages.signIn(page, ann);
    await page.waitForURL(pages.shownAt(jobsPage));
    await context.close();
  });
}
