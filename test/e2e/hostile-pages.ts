import type { BrowserContext, Page } from "playwright-core";

import { failed } from "../support/event-log/rare-events.ts";
import { streamingRun } from "../support/event-log/sql-events.ts";

/** What one page did wrong. */
export interface Finding {
  readonly page: string;
  readonly wrong: string;
}

/** How long what a page must show may take to come. */
const patienceMs = 30_000;

/** The pages of an application whose log is a hostile one, and what each must show. */
const applicationPages: readonly (readonly [path: string, shows: string])[] = [
  ["jobs/", "#completedJob-table tbody tr, #failedJob-table tbody tr"],
  ["jobs/job/?id=0", "#completedStage-table tbody tr"],
  [`jobs/job/?id=${failed.job}`, "#failedStage-table tbody tr"],
  ["stages/", "#completedStage-table tbody tr"],
  ["stages/stage/?id=0&attempt=0", "#active-tasks-table tbody tr"],
  [`stages/stage/?id=${failed.stage}&attempt=0`, "#active-tasks-table tbody tr"],
  ["storage/", "#storage-by-rdd-table tbody tr"],
  [`storage/rdd/?id=${failed.rdd}`, "#rdd-storage-by-block-table tbody tr"],
  ["environment/", ".aggregated-sparkProperties tbody tr"],
  ["executors/", "#active-executors-table tbody tr"],
  ["SQL/", "#completed-table tbody tr, #failed-table tbody tr"],
  ["SQL/execution/?id=0", "#plan-viz-graph svg"],
  ["SQL/execution/?id=1", "#plan-viz-graph svg"],
  ["StreamingQuery/", "#completed-table tbody tr"],
  [`StreamingQuery/statistics/?id=${streamingRun}`, "#stat-table"],
];

/** The page that lists applications, for who may see it. */
export const listingPage = ["", "#history-summary-table tbody tr"] as const;

/** Looks at pages as a curious reader does, and takes down what runs there. */
export class HostilePages {
  readonly #context: BrowserContext;
  readonly #ran: number[] = [];

  private constructor(context: BrowserContext) {
    this.#context = context;
  }

  static async in(context: BrowserContext): Promise<HostilePages> {
    const pages = new HostilePages(context);
    await context.exposeFunction("pwned", (field: unknown) => void pages.#ran.push(Number(field)));
    return pages;
  }

  /** @param base address of the application's pages, which `jobs/` is below. */
  async lookAt(base: string, paths = applicationPages): Promise<readonly Finding[]> {
    const findings: Finding[] = [];
    for (const [path, shows] of paths)
      for (const wrong of await this.#open(`${base}${path}`, shows)) findings.push({ page: path, wrong });
    return findings;
  }

  async #open(url: string, shows: string): Promise<readonly string[]> {
    this.#ran.length = 0;
    const wrong = new Set<string>();
    const page = await this.#context.newPage();
    page.on("pageerror", ({ message }) => wrong.add(`error: ${message}`));
    page.on("dialog", (dialog) => {
      wrong.add(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    page.on("response", (response) => {
      if (response.status() >= 400) wrong.add(`${response.status()} ${new URL(response.url()).pathname}`);
    });
    await page.goto(url, { waitUntil: "networkidle" });
    try {
      await page.locator(shows).first().waitFor({ state: "attached", timeout: patienceMs });
      await unfold(page);
    } catch (error) {
      wrong.add(`cannot be read: ${error instanceof Error ? error.message : String(error)}`);
    }
    for (const trap of await page.evaluate<string[]>(traps)) wrong.add(trap);
    await page.close();
    for (const field of this.#ran) wrong.add(`ran ${field}`);
    return [...wrong];
  }
}

/** Opens all that folds away, shows every column and every tooltip. Spark's pages have jQuery. */
async function unfold(page: Page): Promise<void> {
  await page.evaluate(`(() => {
    const folds = ".expand-dag-viz, .expand-application-timeline, .expand-job-timeline, " +
      ".expand-task-assignment-timeline, .expand-details, .description-input, #additionalMetrics";
    for (const fold of document.querySelectorAll(folds)) $(fold).trigger("click");
    for (const box of document.querySelectorAll("#box-0, #select-all-box, #stageId-and-taskId-checkbox")) box.click();
    for (const each of document.querySelectorAll("*")) {
      if ($(each).data("bs.tooltip") || each.matches("[data-toggle=tooltip]")) $(each).tooltip("show");
    }
  })()`);
}

/** Handlers and addresses that wait for a click. */
const traps = `[...document.querySelectorAll("*")].flatMap((element) =>
  [...element.attributes].flatMap(({ name, value }) => {
    if (/^on/i.test(name) && value.includes("pwned")) return ["handler " + name + "=" + value];
    const address = /^(?:href|src|action|formaction|xlink:href)$/i.test(name);
    return address && /^[\\s\\u0000-\\u001f]*javascript:/i.test(value) ? ["address " + value] : [];
  }),
)`;
