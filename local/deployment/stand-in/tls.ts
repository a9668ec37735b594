import {
  createPrivateKey,
  createPublicKey,
  generateKeyPairSync,
  createHash,
  type KeyObject,
} from "node:crypto";

import { numberAt, textAt, type Fields } from "../../kube/json.ts";
import type { Value } from "./random.ts";
import { signCertificate, signRequest } from "./tls-openssl.ts";

/** Makes the values of the tls provider; undefined for a type that is not one of them. */
export async function tlsValue(type: string, inputs: Fields): Promise<Value | undefined> {
  switch (type) {
    case "tls:index/privateKey:PrivateKey":
      return privateKey(inputs);
    case "tls:index/certRequest:CertRequest": {
      const certRequestPem = await signRequest(inputs);
      return {
        id: digest(certRequestPem),
        outputs: { certRequestPem, keyAlgorithm: algorithmOf(inputs) },
        secrets: [],
      };
    }
    case "tls:index/selfSignedCert:SelfSignedCert":
      return certificate(inputs, { keyAlgorithm: algorithmOf(inputs) });
    case "tls:index/locallySignedCert:LocallySignedCert":
      return certificate(inputs, { caKeyAlgorithm: algorithmOf(inputs, "caPrivateKeyPem") });
    default:
      return undefined;
  }
}

async function certificate(inputs: Fields, algorithms: Fields): Promise<Value> {
  const { certPem, from, until } = await signCertificate(inputs);
  const outputs = {
    ...algorithms,
    certPem,
    validityStartTime: from.toISOString(),
    validityEndTime: until.toISOString(),
    readyForRenewal: false,
  };
  return { id: digest(certPem), outputs, secrets: [] };
}

function privateKey(inputs: Fields): Value {
  const algorithm = textAt(inputs, "algorithm");
  const ecdsaCurve = textAt(inputs, "ecdsaCurve") ?? "P224";
  const rsaBits = numberAt(inputs, "rsaBits") ?? 2048;
  const key = generate(algorithm, rsaBits, ecdsaCurve);
  const traditional = algorithm === "RSA" ? "pkcs1" : algorithm === "ECDSA" ? "sec1" : "pkcs8";
  const privateKeyPem = key.export({ type: traditional, format: "pem" }).toString();
  const outputs = {
    ecdsaCurve,
    rsaBits,
    privateKeyPem,
    privateKeyPemPkcs8: key.export({ type: "pkcs8", format: "pem" }).toString(),
    publicKeyPem: createPublicKey(key).export({ type: "spki", format: "pem" }).toString(),
  };
  return { id: digest(outputs.publicKeyPem), outputs, secrets: ["privateKeyPem", "privateKeyPemPkcs8"] };
}

function generate(algorithm: string | undefined, modulusLength: number, curve: string): KeyObject {
  if (algorithm === "RSA") return generateKeyPairSync("rsa", { modulusLength }).privateKey;
  if (algorithm === "ED25519") return generateKeyPairSync("ed25519").privateKey;
  if (algorithm === "ECDSA") {
    const namedCurve = { P224: "secp224r1", P256: "P-256", P384: "P-384", P521: "P-521" }[curve];
    if (namedCurve !== undefined) return generateKeyPairSync("ec", { namedCurve }).privateKey;
  }
  throw new Error(`no key of algorithm ${algorithm ?? "(none)"} and curve ${curve} can be made`);
}

function algorithmOf(inputs: Fields, key = "privateKeyPem"): string {
  const type = createPrivateKey(textAt(inputs, key) ?? "").asymmetricKeyType;
  return type === "ec" ? "ECDSA" : (type ?? "").toUpperCase();
}

function digest(text: string): string {
  return createHash("sha1").update(text).digest("hex");
}
