import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import { cronProblem } from "../../../jobs/manifest/cron.ts";
import { isTimeZone } from "../../../jobs/manifest/time-zone.ts";

// The table follows robfig/cron v3.0.1 parser_test.go where that is about ParseStandard.
const right = [
  "* * * * *",
  "5 * * * *",
  "*/5 0-23/2 1,15 JAN-mar SUN",
  "5/15 * * * ?",
  "0 0 29 2 *",
  "0 0 30 2 MON",
  "  0   4 * * *  ",
  "@daily",
  "@hourly",
  "@annually",
  "@every 1h30m",
  "@every 60s",
  "@every 1.5h",
];

const wrong = [
  "",
  "* * * *",
  "* * * * * *",
  "60 * * * *",
  "* 24 * * *",
  "* * 0 * *",
  "* * * 13 *",
  "* * * * 7",
  "5-1 * * * *",
  "*/0 * * * *",
  "1-2-3 * * * *",
  "1/2/3 * * * *",
  "1,, * * * *",
  "-1 * * * *",
  "* * * * monday",
  "0 0 30 2 *",
  "0 0 31 4,6 *",
  "@Daily",
  "@often",
  "@every",
  "@every 5",
  "@every 59s",
  "@every -1h",
  "@every 1h x",
  "TZ=UTC * * * * *",
  "CRON_TZ=Europe/Berlin * * * * *",
];

for (const cron of right)
  test(`a schedule: ${cron}`, () => {
    assert.equal(cronProblem(cron), undefined);
  });
for (const cron of wrong)
  test(`no schedule: ${cron}`, () => {
    assert.ok(cronProblem(cron));
  });

test("any text is answered", () => {
  fc.assert(fc.property(fc.string(), (cron) => ["string", "undefined"].includes(typeof cronProblem(cron))));
});

test("time zones are those that Go finds, in their own case", () => {
  for (const zone of [
    "UTC",
    "Europe/Berlin",
    "America/Argentina/Buenos_Aires",
    "Etc/GMT+5",
    "Asia/Kolkata",
  ]) {
    assert.ok(isTimeZone(zone), zone);
  }
  for (const zone of [
    "",
    "Local",
    "europe/berlin",
    "Europe/Berlim",
    "+01:00",
    "../etc/passwd",
    "EUROPE/BERLIN",
  ]) {
    assert.ok(!isTimeZone(zone), zone);
  }
});
