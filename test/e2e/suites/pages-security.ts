import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { originOf, prefixOf, type Pages as PagesOf } from "../../../gateway/src/ui/origins.ts";
import { parseJson, listAt, textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { hostileLog, type HostileLog } from "../../support/event-log/hostile-log.ts";
import { hostileStyles } from "../../support/event-log/payloads.ts";
import { application } from "../applications.ts";
import { TestBrowser } from "../browser.ts";
import { uri } from "../deliveries.ts";
import { ann, namesAt, origins, ui, url } from "../front-door.ts";
import { embeddedGateway, url as api } from "../gateway.ts";
import { HostilePages, listingPage, type Finding } from "../hostile-pages.ts";
import { HttpsClient } from "../https-client.ts";
import { Pages } from "../pages.ts";
import { E2ePlatform } from "../platform.ts";
import { nodeAddress } from "../rollouts.ts";
import { job, team } from "../stack.ts";

/** Where the list of applications is, and the pages of one. */
const listing = `${url}/history/`;
const pagesOf = ({ id }: HostileLog): string => `${url}/history/${id}/`;

const logOf = (style: (typeof hostileStyles)[number], target: "escaped" | "contained"): HostileLog =>
  hostileLog(`spark-e2e-${style}-${target}`, style, target);
const escaped = hostileStyles.map((style) => logOf(style, "escaped"));
const contained = logOf("quotes", "contained");

const pagesOfJob = (name: string): PagesOf => ({ kind: "application", namespace: team, application: name });
const own = originOf(origins, pagesOfJob("hostile"));
const ownPrefix = prefixOf(pagesOfJob("hostile"));
const victimsPrefix = prefixOf(pagesOfJob("victim"));
const history = originOf(origins, { kind: "history" });
/** What a script in a driver's page may want: of other origins, and of its own beside its own pages. */
const elsewhere = [
  `${originOf(origins, pagesOfJob("victim"))}${victimsPrefix}/jobs/`,
  `${url}/ui/${team}/victim/jobs/`,
  `${url}/ui/${team}/hostile/..%2fvictim/jobs/`,
  `${url}/`,
  `${url}/oauth2/userinfo`,
  `${url}/oauth2/sign_out`,
  `${history}/`,
  `${history}/api/v1/applications`,
  `${url}/history/`,
  `${api}/v1/openapi.json`,
  `${api}/v1/whoami`,
];
const beside = [
  "/",
  `${victimsPrefix}/jobs/`,
  `${ownPrefix}/..%2f${victimsPrefix.slice(1)}/jobs/`,
  `${ownPrefix}/%2e%2e${victimsPrefix}/jobs/`,
  `/ui/${team}/victim/jobs/`,
  "/history/",
  `/history/${escaped[0]?.id ?? ""}/jobs/`,
  `${ownPrefix}/history/${escaped[0]?.id ?? ""}/jobs/`,
  "/api/v1/applications",
  "/static/webui.js",
  "/oauth2/userinfo",
  "/v1/whoami",
  "/.session?ticket=x",
].map((path) => `${own}${path}`);
const targets = [...elsewhere, ...beside];
/** Ways that the page tries for each target, and two more. */
const ways = 11;

const enough = "datasets/e2e/pages-security-enough";
const hostile = job({
  code: { file: "test/e2e/code/hostile_pages.py" },
  arguments: [JSON.stringify(targets)],
});
const victim = job({ code: { file: "test/e2e/code/patience.py" }, arguments: [uri(enough)] });

describe("the pages of hostile jobs", () => {
  const opened: { close(): Promise<void> }[] = [];
  let pages: Pages;

  before(async () => {
    const platform = await E2ePlatform.open("e2e-pages-security");
    opened.push(platform);
    const gateway = embeddedGateway(platform);
    await platform.up({ hostile, victim }, { ui, gateway, history: { memory: "1g" } });
    const output = platform.outputs["ui"];
    const authority = textAt(output, "certificateAuthority") ?? "";
    const address = await nodeAddress(platform.kube);
    const browser = await TestBrowser.open({ authority, hosts: namesAt(address) });
    opened.push(browser);
    pages = new Pages(output, browser, new HttpsClient(address, authority));
    const bucket = await platform.bucket({ namespace: team, name: "s3-jobs" });
    const logs = [...escaped, contained];
    for (const { id, lines } of logs) await bucket.put(`events/${id}`, lines.join(""));
    const { context } = await pages.member(ann);
    const session = await pages.session(context);
    for (const { id } of logs) await pages.appears(session, id);
    await context.close();
    for (const name of ["hostile", "victim"]) await application(platform.kube, team, name, ["RUNNING"]);
  });
  after(async () => {
    for (const each of opened.reverse()) await each.close();
  });

  /** What goes wrong for an admin who looks at the pages. */
  async function findings(
    look: (pages: HostilePages) => Promise<readonly Finding[]>,
  ): Promise<readonly Finding[]> {
    const { context } = await pages.member(ann);
    const found = await look(await HostilePages.in(context));
    await context.close();
    return found;
  }

  for (const log of escaped) {
    it(`run nothing and are whole: ${log.id}`, async () => {
      assert.deepEqual(await findings((hostile) => hostile.lookAt(pagesOf(log))), []);
    });
  }

  it("reach nothing but themselves from a driver, whatever else their visitor may see", async () => {
    const { context, page } = await pages.member(ann);
    await until("the victim's driver to answer", 120_000, async () => {
      await page.goto(`${url}/ui/${team}/victim/jobs/`);
      const words = await page.innerText("body");
      return words.includes("Spark Jobs") ? { done: undefined } : { waiting: words };
    });
    await page.goto(listing, { waitUntil: "networkidle" });
    const answers: string[] = [];
    context.on("response", (answer) => {
      answers.push(`${answer.status()} ${answer.url()}`);
    });
    await page.goto(`${url}/ui/${team}/hostile/`);
    await page.waitForURL(`${own}${ownPrefix}/`);
    await page.waitForFunction("window.results", undefined, { timeout: 600_000 });
    const results = listAt({ all: parseJson(await page.evaluate("JSON.stringify(window.results)")) }, "all");
    assert.equal(results.length, targets.length * ways + 2, "all was tried");
    const allowed = [
      `302 ${url}/ui/${team}/hostile/`,
      `302 ${own}/.session?ticket=`,
      `200 ${own}${ownPrefix}/`,
    ];
    const unexpected = answers.filter(
      (each) =>
        !allowed.some((start) => each === start || (start.endsWith("=") && each.startsWith(start))) &&
        !(each.startsWith("4") && each.includes(` ${own}/`)),
    );
    assert.deepEqual(unexpected, [], "answers from elsewhere, or with what is not its own");
    const outcomes = results.map((each) => `${textAt(each, "way")} ${textAt(each, "outcome")}`);
    assert.doesNotMatch(outcomes.join("\n"), /opened|read 2|made|reached (?!basic)/);
    assert.ok(outcomes.includes("cookie visible "), "the session is no script's");
    await page.goto(`${url}/ui/${team}/victim/jobs/`);
    assert.match(await page.innerText("body"), /Spark Jobs/, "nobody was logged out");
    await context.close();
  });

  it("run nothing in the list of applications", async () => {
    assert.deepEqual(await findings((hostile) => hostile.lookAt(listing, [listingPage])), []);
  });

  it("run what Spark's compiled pages write into scripts: their origin has to contain it", async () => {
    const found = await findings((hostile) => hostile.lookAt(pagesOf(contained)));
    assert.ok(found.some(({ wrong }) => wrong.startsWith("ran ")));
  });
});
