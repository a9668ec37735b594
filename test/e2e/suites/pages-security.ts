import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { textAt } from "../../../local/kube/json.ts";
import { hostileLog, type HostileLog } from "../../support/event-log/hostile-log.ts";
import { hostileStyles } from "../../support/event-log/payloads.ts";
import { TestBrowser } from "../browser.ts";
import { ann, host, login, ui, url } from "../front-door.ts";
import { HostilePages, listingPage, type Finding } from "../hostile-pages.ts";
import { HttpsClient } from "../https-client.ts";
import { Pages } from "../pages.ts";
import { E2ePlatform } from "../platform.ts";
import { nodeAddress } from "../rollouts.ts";
import { team } from "../stack.ts";

/** Where the list of applications is, and the pages of one. */
const listing = `${url}/`;
const pagesOf = ({ id }: HostileLog): string => `${url}/history/${id}/`;

const logOf = (style: (typeof hostileStyles)[number], target: "escaped" | "contained"): HostileLog =>
  hostileLog(`spark-e2e-${style}-${target}`, style, target);
const escaped = hostileStyles.map((style) => logOf(style, "escaped"));
const contained = logOf("quotes", "contained");

describe("the pages of a hostile event log", () => {
  const opened: { close(): Promise<void> }[] = [];
  let pages: Pages;

  before(async () => {
    const platform = await E2ePlatform.open("e2e-pages-security");
    opened.push(platform);
    await platform.up({}, { ui, history: { memory: "1g" } });
    const output = platform.outputs["ui"];
    const authority = textAt(output, "certificateAuthority") ?? "";
    const address = await nodeAddress(platform.kube);
    const browser = await TestBrowser.open({ authority, hosts: { [host]: address, [login]: address } });
    opened.push(browser);
    pages = new Pages(output, browser, new HttpsClient(address, authority));
    const bucket = await platform.bucket({ namespace: team, name: "s3-jobs" });
    const logs = [...escaped, contained];
    for (const { id, lines } of logs) await bucket.put(`events/${id}`, lines.join(""));
    const { context } = await pages.member(ann);
    const session = await pages.session(context);
    for (const { id } of logs) await pages.appears(session, id);
    await context.close();
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

  it("run nothing in the list of applications", async () => {
    assert.deepEqual(await findings((hostile) => hostile.lookAt(listing, [listingPage])), []);
  });

  it("run what Spark's compiled pages write into scripts: their origin has to contain it", async () => {
    const found = await findings((hostile) => hostile.lookAt(pagesOf(contained)));
    assert.ok(found.some(({ wrong }) => wrong.startsWith("ran ")));
  });
});
