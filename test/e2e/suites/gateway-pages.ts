import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { forwardPod } from "../../../local/kube/forward.ts";
import { textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { application } from "../applications.ts";
import { TestBrowser } from "../browser.ts";
import { uri } from "../deliveries.ts";
import { ann, cyd, issuer, namesAt, ui, url } from "../front-door.ts";
import { embeddedGateway } from "../gateway.ts";
import { HttpsClient } from "../https-client.ts";
import { Pages } from "../pages.ts";
import { E2ePlatform } from "../platform.ts";
import { nodeAddress } from "../rollouts.ts";
import { job, team } from "../stack.ts";
import { unsigned } from "../tricks.ts";

const enough = "datasets/e2e/pages-enough";
const live = `/ui/${team}/patience`;
const patience = job({ code: { file: "test/e2e/code/patience.py" }, arguments: [uri(enough)] });

describe("the pages of a running application", () => {
  const opened: { close(): Promise<void> }[] = [];
  let platform: E2ePlatform;
  let pages: Pages;
  let driverPod: string;
  let sparkId: string;

  before(async () => {
    platform = await E2ePlatform.open("e2e-pages");
    opened.push(platform);
    const gateway = embeddedGateway(platform);
    await platform.up({ patience }, { ui, gateway, history: { memory: "512m" } });
    const output = platform.outputs["ui"];
    const authority = textAt(output, "certificateAuthority") ?? "";
    const address = await nodeAddress(platform.kube);
    const browser = await TestBrowser.open({ authority, hosts: namesAt(address) });
    opened.push(browser);
    pages = new Pages(output, browser, new HttpsClient(address, authority));
    ({ driverPod, sparkId } = await application(platform.kube, team, "patience", ["RUNNING"]));
  });
  after(async () => {
    for (const each of opened.reverse()) await each.close();
  });

  it("are shown to an admin, with all that they load, behind the one log-in", async () => {
    const { context, page } = await pages.member(ann);
    // The operator says RUNNING while the driver still starts; until it answers, the page says so.
    await until("the driver to answer", 120_000, async () => {
      await page.goto(`${url}${live}/jobs/`);
      const words = await page.innerText("body");
      return words.includes("Spark Jobs") ? { done: undefined } : { waiting: words };
    });
    await pages.opens(page, `${live}/jobs/`, /Spark Jobs/);
    await pages.opens(page, `${live}/stages/`, /Stages for All Jobs/);
    await pages.opens(page, `${live}/environment/`, /Runtime Information/);
    await pages.opens(page, `${live}/executors/`, /Executors/);
    await pages.picture(page, "running-executors");
    await context.close();
  });

  it("are shown to nobody else", async () => {
    const { context, page } = await pages.member(cyd);
    const answer = await page.goto(`${url}${live}/jobs/`);
    assert.equal(answer?.status(), 403);
    assert.doesNotMatch(await page.innerText("body"), /Spark Jobs/);
    await context.close();
  });

  it("are not given to who goes around the gateway, to the driver itself", async () => {
    const direct = await forwardPod(platform.kube, team, driverPod, 4040);
    try {
      for (const headers of unsigned(ann, issuer)) {
        const answer = await fetch(`http://127.0.0.1:${direct.port}/jobs/`, { headers, redirect: "manual" });
        assert.equal(answer.status, 403);
        assert.doesNotMatch(await answer.text(), /Spark Jobs/);
      }
    } finally {
      await direct.close();
    }
  });

  it("are the History Server's once the application has ended", async () => {
    const { context, page } = await pages.member(ann);
    const bucket = await platform.bucket({ namespace: team, name: "s3-jobs" });
    await bucket.put(enough, "enough");
    await application(platform.kube, team, "patience", ["COMPLETED"]);
    await pages.appears(await pages.session(context), sparkId);
    await page.goto(`${url}${live}/jobs/`);
    await page.waitForURL((at) => at.pathname.includes(`/history/${sparkId}/`));
    assert.equal(new URL(page.url()).origin, new URL(pages.shownAt(`${live}/`)).origin);
    assert.match(await page.innerText("body"), /Spark Jobs/);
    await context.close();
  });
});
