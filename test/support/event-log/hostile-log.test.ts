import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import { z } from "zod";

import { parseJson } from "../../../local/kube/json.ts";
import { contained, everyEvent, hostileLog, structural, textPaths } from "./hostile-log.ts";
import { hostileStyles } from "./payloads.ts";

/**
 * Where Spark 4.0.4 has texts in the event logs of real jobs: shuffles, caching, failures, a lost executor, exclusions,
 * SQL and structured streaming. A name of a job's own choice is `*`.
 */
const recorded = z
  .array(z.string())
  .parse(parseJson(readFileSync(new URL("../../fixtures/event-log-fields.json", import.meta.url), "utf8")));

/** The texts that Spark 4.0.4's JsonProtocol knows by name, those included that no job could be made to leave. */
const protocol = [
  ...["Event", "Task Type", "App Name", "App ID", "User", "Executor ID", "Removed Reason", "Spark Version"],
  ...[
    "Stage Name",
    "Details",
    "Failure Reason",
    "Host",
    "Locality",
    "Name",
    "Metadata",
    "Block ID",
    "Reason",
  ],
  ...[
    "Message",
    "Class Name",
    "Description",
    "Full Stack Trace",
    "Loss Reason",
    "Kill Reason",
    "Result",
    "Scope",
  ],
  ...["Callsite", "DeterministicLevel", "Resource Name", "Discovery Script", "Vendor", "Declaring Class"],
  ...["Method Name", "File Name"],
];

function folded(path: string): string {
  return path
    .replace(
      /((?:Properties|Entries|Log Urls|Information|metadata|modifiedConfigs|Requests)\/).*?(?=\/(?:Resource Name|Vendor|Discovery Script)$|$)/,
      "$1*",
    )
    .replace(/(?:\/children\/\[\])+/, "/children/[]");
}

const paths = everyEvent("spark-1").flatMap(textPaths);

describe("a hostile event log", () => {
  it("has a text wherever logs of real jobs have one", () => {
    const own = new Set(paths.map(folded));
    assert.deepEqual(
      recorded.filter((path) => !own.has(path)),
      [],
    );
  });

  it("has every text that Spark writes by name", () => {
    const names = new Set(paths.map((path) => path.split("/").at(-1)));
    assert.deepEqual(
      protocol.filter((name) => !names.has(name)),
      [],
    );
  });

  for (const style of hostileStyles) {
    it(`spoils every text but those that Spark reads, once for what is escaped and once for the rest: ${style}`, () => {
      const spoiled = (["escaped", "contained"] as const).flatMap(
        (target) => hostileLog("spark-1", style, target).fields,
      );
      const kept = new Set(paths.filter((path) => !spoiled.includes(path)));
      for (const path of kept)
        assert.ok(
          structural.some((one) => one.test(path)),
          path,
        );
      assert.equal(new Set(spoiled).size + kept.size, new Set(paths).size);
    });
  }

  it("tells by a number which field ran", () => {
    const { fields, lines } = hostileLog("spark-1", "markup");
    for (const number of fields.keys())
      assert.equal(lines.filter((line) => line.includes(`pwned(${number})`)).length, 1, fields[number]);
  });

  it("keeps apart what only an origin of its own keeps from harm", () => {
    for (const one of contained)
      assert.ok(
        paths.some((path) => one.test(path)),
        String(one),
      );
    const { fields } = hostileLog("spark-1", "markup");
    assert.deepEqual(
      fields.filter((path) => contained.some((one) => one.test(path))),
      [],
    );
  });

  it("is the same each time", () => {
    assert.deepEqual(hostileLog("spark-1", "long"), hostileLog("spark-1", "long"));
  });
});
