import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { describe, it } from "node:test";

import { compareSync } from "bcryptjs";

import { randomValue } from "../../local/deployment/stand-in/random.ts";
import { mustReplace } from "../../local/deployment/stand-in/replace.ts";
import { milliseconds } from "../../local/deployment/stand-in/timeouts.ts";
import { tlsValue } from "../../local/deployment/stand-in/tls.ts";
import { textAt } from "../../local/kube/json.ts";

describe("random values", () => {
  it("have the characters that are asked for", () => {
    const inputs = { length: 30, special: false, upper: false, minNumeric: 8 };
    const value = randomValue("random:index/randomPassword:RandomPassword", inputs);
    const result = textAt(value?.outputs, "result") ?? "";
    assert.match(result, /^[a-z0-9]{30}$/);
    assert.ok(result.replaceAll(/\D/g, "").length >= 8);
    assert.deepEqual(value?.secrets, ["result", "bcryptHash"]);
    assert.ok(compareSync(result, textAt(value.outputs, "bcryptHash") ?? ""), "the hash of another password");
  });

  it("are refused where no character is left", () => {
    const inputs = { length: 3, special: false, upper: false, lower: false, number: false };
    assert.throws(() => randomValue("random:index/randomString:RandomString", inputs), /no characters/);
  });
});

describe("certificates", () => {
  it("are signed by the CA for the names and hours asked for", async () => {
    const make = async (type: string, inputs: Record<string, unknown>): Promise<unknown> =>
      (await tlsValue(`tls:index/${type}`, inputs))?.outputs;
    const caKey = textAt(
      await make("privateKey:PrivateKey", { algorithm: "ECDSA", ecdsaCurve: "P256" }),
      "privateKeyPem",
    );
    const authority = { isCaCertificate: true, validityPeriodHours: 100, allowedUses: ["cert_signing"] };
    const ca = await make("selfSignedCert:SelfSignedCert", {
      ...authority,
      privateKeyPem: caKey,
      subject: { commonName: "CA" },
    });
    const privateKeyPem = textAt(
      await make("privateKey:PrivateKey", { algorithm: "ED25519" }),
      "privateKeyPem",
    );
    const subject = { commonName: "a.example", organization: "o" };
    const request = await make("certRequest:CertRequest", {
      privateKeyPem,
      subject,
      dnsNames: ["a.example"],
    });
    const cert = await make("locallySignedCert:LocallySignedCert", {
      ...{
        caPrivateKeyPem: caKey,
        caCertPem: textAt(ca, "certPem"),
        certRequestPem: textAt(request, "certRequestPem"),
      },
      ...{ validityPeriodHours: 25, allowedUses: ["server_auth"] },
    });
    const [issuer, issued] = [ca, cert].map((each) => new X509Certificate(textAt(each, "certPem") ?? ""));
    assert.ok(issuer !== undefined && issued !== undefined);
    assert.ok(issuer.ca && !issued.ca && issued.verify(issuer.publicKey) && issued.checkIssued(issuer));
    assert.equal(issued.subject, "O=o\nCN=a.example");
    assert.equal(issued.subjectAltName, "DNS:a.example");
    assert.equal(Date.parse(issued.validTo) - Date.parse(issued.validFrom), 25 * 3_600_000);
  });
});

describe("what the provider does with a change", () => {
  const object = (kind: string, text: string): Record<string, unknown> => ({
    ...{ apiVersion: "v1", kind, metadata: { name: "s" } },
    data: { key: text },
  });

  it("replaces a ConfigMap with other data, not one with other labels, and changes a secret in its place", () => {
    const [before, after] = [object("ConfigMap", "a"), object("ConfigMap", "b")];
    assert.equal(mustReplace(before, after), true);
    assert.equal(mustReplace(before, { ...before, metadata: { name: "s", labels: { a: "b" } } }), false);
    assert.equal(mustReplace(object("Secret", "a"), object("Secret", "b")), false);
    assert.equal(mustReplace(object("Secret", "a"), { ...object("Secret", "a"), type: "Opaque" }), true);
  });

  it("reads Pulumi's timeouts", () => {
    assert.equal(milliseconds("1h30m"), 5_400_000);
    assert.equal(milliseconds("90s"), 90_000);
    assert.equal(milliseconds(""), 600_000);
    assert.throws(() => milliseconds("soon"), /"soon" is not like "5m"/);
  });
});
