import { writeFileSync } from "node:fs";
import path from "node:path";

import type { TestBrowser } from "./browser.ts";

const style = `body { margin: 0; background: #14171c; } pre { margin: 0; padding: 20px 24px; width: max-content;
  max-width: 1160px; white-space: pre-wrap; overflow-wrap: anywhere; color: #d6dae0;
  font: 13px/1.5 "DejaVu Sans Mono", monospace; }`;

/** What a program wrote on a terminal, as a picture for the documents. */
export async function terminalPicture(
  browser: TestBrowser,
  folder: string,
  name: string,
  text: string,
): Promise<void> {
  const context = await browser.visitor();
  const page = await context.newPage();
  const escaped = text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
  await page.setContent(`<style>${style}</style><pre>${escaped}</pre>`);
  writeFileSync(path.join(folder, `${name}.png`), await page.locator("pre").screenshot());
  await context.close();
}
