import { textAt } from "../../../local/kube/json.ts";
import { tlsValue } from "../../../local/deployment/stand-in/tls.ts";

export interface IssuedCertificate {
  readonly certificate: string;
  readonly key: string;
}

const organization = "spark-platform e2e";

/** A certificate authority, as the stack's own: keys and certificates are made from the same inputs. */
export class Authority {
  readonly certificate: string;
  readonly #key: string;

  private constructor(certificate: string, key: string) {
    this.certificate = certificate;
    this.#key = key;
  }

  static async create(commonName: string): Promise<Authority> {
    const privateKeyPem = await privateKey();
    const certificate = await value("tls:index/selfSignedCert:SelfSignedCert", "certPem", {
      privateKeyPem,
      subject: { commonName, organization },
      isCaCertificate: true,
      setSubjectKeyId: true,
      validityPeriodHours: 24,
      allowedUses: ["cert_signing", "crl_signing"],
    });
    return new Authority(certificate, privateKeyPem);
  }

  async issue(dnsNames: readonly string[], validityPeriodHours = 24): Promise<IssuedCertificate> {
    const privateKeyPem = await privateKey();
    const certRequestPem = await value("tls:index/certRequest:CertRequest", "certRequestPem", {
      privateKeyPem,
      subject: { organization },
      dnsNames,
    });
    const certificate = await value("tls:index/locallySignedCert:LocallySignedCert", "certPem", {
      certRequestPem,
      caPrivateKeyPem: this.#key,
      caCertPem: this.certificate,
      setSubjectKeyId: true,
      validityPeriodHours,
      allowedUses: ["digital_signature", "server_auth"],
    });
    return { certificate, key: privateKeyPem };
  }
}

function privateKey(): Promise<string> {
  const inputs = { algorithm: "ECDSA", ecdsaCurve: "P256" };
  return value("tls:index/privateKey:PrivateKey", "privateKeyPem", inputs);
}

async function value(
  type: string,
  output: string,
  inputs: Readonly<Record<string, unknown>>,
): Promise<string> {
  const made = textAt(await tlsValue(type, inputs), "outputs", output);
  if (made === undefined) throw new Error(`${type} has no ${output}`);
  return made;
}
