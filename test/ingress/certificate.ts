import assert from "node:assert/strict";
import { test } from "node:test";

import * as aws from "@pulumi/aws";

import { acmCertificate, type AcmCertificateArgs } from "../../components/certificates/acm-certificate.ts";
import { upstream } from "../support/graph.ts";
import { listAt } from "../../local/kube/json.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";
import { types } from "./aws-types.ts";

const hosts = ["spark.example.org", "api.spark.example.org"] as const;
const parameter = "aws:ssm/parameter:Parameter";

/** A certificate, and a parameter that uses it. */
const certificateGraph = (
  names: AcmCertificateArgs["hosts"] = hosts,
  options: Pick<EvaluateOptions, "preview" | "outputs"> = {},
): Promise<Graph> =>
  evaluate(() => {
    const value = acmCertificate("ui", { hosts: names, zoneId: "Z1OWN" }, {});
    new aws.ssm.Parameter("user", { type: "String", value });
    return Promise.resolve();
  }, options);

test("one certificate has all hosts, and the DNS proves each by the record that ACM wants for it", async () => {
  const graph = await certificateGraph();
  const { inputs } = graph.only(types.certificate);
  assert.equal(inputs["domainName"], hosts[0]);
  assert.deepEqual(inputs["subjectAlternativeNames"], [hosts[1]]);
  assert.equal(inputs["validationMethod"], "DNS");
  const records = graph.all(types.record);
  assert.equal(records.length, 2);
  for (const host of hosts) {
    const record = graph.only(types.record, `ui-proof-${host}`).inputs;
    assert.match(String(record["name"]), new RegExp(`^_[0-9a-f]{8}\\.${host.replaceAll(".", "\\.")}\\.$`));
    assert.deepEqual([record["type"], record["zoneId"]], ["CNAME", "Z1OWN"]);
    assert.match(String(listAt(record, "records")), /^_[0-9a-f]{8}\.acm-validations\.aws\.$/);
  }
  const values = records.map(({ inputs: { records: proof } }) => JSON.stringify(proof));
  assert.equal(new Set(values).size, 2);
});

for (const preview of [false, true]) {
  test(`who uses the certificate waits until it is valid, and that waits for every record (preview: ${preview})`, async () => {
    const graph = await certificateGraph(hosts, { preview });
    const validation = graph.only(types.validation);
    const records = graph.all(types.record);
    assert.equal(records.length, 2);
    for (const record of records) assert.ok(validation.dependsOn.includes(record.urn), record.name);
    assert.equal(listAt(validation.inputs, "validationRecordFqdns").length, 2);
    assert.ok(upstream(graph, graph.only(parameter)).has(validation.urn));
    assert.equal(validation.timeouts.create, "30m");
  });
}

test("one host needs no list of others", async () => {
  const { inputs } = (await certificateGraph(["spark.example.org"])).only(types.certificate);
  assert.equal(inputs["subjectAlternativeNames"], undefined);
});

test("a first host of more than 64 letters is refused", async () => {
  const fits = `${"a".repeat(52)}.example.org`;
  assert.equal(fits.length, 64);
  assert.equal((await certificateGraph([fits])).all(types.certificate).length, 1);
  await assert.rejects(certificateGraph([`a${fits}`]), /\[hosts\] must begin with a name of 64 letters/);
});

test("a host that ACM names no record for is an error that names it", () =>
  assert.rejects(
    certificateGraph(hosts, { outputs: { [types.certificate]: { domainValidationOptions: [] } } }),
    /ACM names no record that would prove (api\.)?spark\.example\.org/,
  ));
