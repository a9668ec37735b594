/**
 * Refreshes test/fixtures/crds.json after an upgrade of the operator:
 *
 *     SPARK_OPERATOR_CHART=<folder of the chart> npx node test/support/strip-crds.ts
 */
import { writeFileSync } from "node:fs";

import { crdsFixture, readChartCrds } from "./crd-schema.ts";

const chart = process.env["SPARK_OPERATOR_CHART"];
if (chart === undefined) throw new Error("SPARK_OPERATOR_CHART must name the folder of the operator's chart");
writeFileSync(crdsFixture, `${JSON.stringify(readChartCrds(chart))}\n`);
