import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { places } from "../../../local/demo/places.ts";
import { summaryText, type Summary } from "../../../local/demo/summary.ts";

const summary: Summary = {
  cluster: {
    kubeconfig: "/k",
    deliverImages: () => Promise.resolve(""),
    volume: () => ({}),
    dns: [],
    chart: undefined,
    nodePortsHere: true,
    cannotRun: {},
  },
  shown: {
    api: "https://localhost:30446",
    pages: "https://spark.localhost:30443",
    registerToken: "reg-secret",
    authority: "PEM",
    users: { "ann@example.org": "pw-ann", "bob@example.org": "pw-bob" },
  },
  user: "ann@example.org",
  page: "https://spark.localhost:30443/ui/analytics/job-1/",
  ways: [{ namespace: "spark-gateway", service: "gateway", port: 443, nodePort: 30446 }],
  seconds: "12.0 s",
};

describe("the demo's last words", () => {
  it("are the pages, the users and the next commands, and no token", () => {
    const text = summaryText(summary);
    for (const part of [
      "https://spark.localhost:30443/history/ ",
      summary.page,
      "ann@example.org  pw-ann",
      "bob@example.org  pw-bob",
    ])
      assert.ok(text.includes(part), part);
    for (const part of [
      `. ${places.environment}`,
      "sparkplatform list",
      "npm run demo -- --down",
      places.authority,
    ])
      assert.ok(text.includes(part), part);
    assert.equal(text.includes("reg-secret"), false);
    assert.equal(text.includes("port-forward"), false);
  });

  it("say how to reach a cluster whose ports are not here", () => {
    const text = summaryText({ ...summary, cluster: { ...summary.cluster, nodePortsHere: false } });
    assert.ok(
      text.includes("kubectl --kubeconfig /k port-forward -n spark-gateway service/gateway 30446:443 &"),
    );
  });
});
