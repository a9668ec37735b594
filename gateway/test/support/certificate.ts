import { generateKeyPairSync } from "node:crypto";

import { signCertificate } from "../../../test/support/engine/tls-openssl.ts";
import type { ServerCertificate } from "../../src/tls.ts";

/** A certificate for a host that nobody else vouches for. */
export async function selfSigned(host: string): Promise<ServerCertificate> {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = privateKey.export({ type: "pkcs8", format: "pem" }).toString();
  const { certPem: certificate } = await signCertificate({
    privateKeyPem: key,
    subject: { organization: "test" },
    dnsNames: [host],
    validityPeriodHours: 1,
    allowedUses: ["digital_signature", "server_auth"],
  });
  return { certificate: certificate.trim(), key: key.trim() };
}
