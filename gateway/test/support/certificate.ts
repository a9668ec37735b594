import { generateKeyPairSync } from "node:crypto";

import { signCertificate, signRequest } from "../../../local/deployment/stand-in/tls-openssl.ts";
import type { ServerCertificate } from "../../src/tls.ts";

const subject = { organization: "test" };
const validityPeriodHours = 1;

/** A certificate for a host that nobody else vouches for. */
export async function selfSigned(host: string): Promise<ServerCertificate> {
  const key = newKey();
  const { certPem: certificate } = await signCertificate({
    privateKeyPem: key,
    subject,
    dnsNames: [host],
    validityPeriodHours,
    allowedUses: ["digital_signature", "server_auth"],
  });
  return { certificate: certificate.trim(), key };
}

/** A certificate for a host, of an authority that was made for it alone. */
export async function signedByOwnAuthority(
  host: string,
): Promise<ServerCertificate & { readonly authority: string }> {
  const caPrivateKeyPem = newKey();
  const { certPem: caCertPem } = await signCertificate({
    privateKeyPem: caPrivateKeyPem,
    subject: { organization: "test authority" },
    validityPeriodHours,
    isCaCertificate: true,
    allowedUses: ["cert_signing", "crl_signing"],
  });
  const key = newKey();
  const { certPem: certificate } = await signCertificate({
    certRequestPem: await signRequest({ privateKeyPem: key, subject, dnsNames: [host] }),
    caPrivateKeyPem,
    caCertPem,
    validityPeriodHours,
    allowedUses: ["digital_signature", "server_auth"],
  });
  return { certificate: certificate.trim(), key, authority: caCertPem };
}

function newKey(): string {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  return privateKey.export({ type: "pkcs8", format: "pem" }).toString().trim();
}
