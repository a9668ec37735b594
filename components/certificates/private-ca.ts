import * as pulumi from "@pulumi/pulumi";
import * as tls from "@pulumi/tls";

/** A certificate and its key, PEM. */
export interface ServerCertificate {
  readonly certificate: pulumi.Output<string>;
  /** A Pulumi secret. */
  readonly key: pulumi.Output<string>;
}

const day = 24;
const organization = "spark-platform";
const caHours = 10 * 365 * day;
/** Browsers and Apple's systems take no server certificate that is valid longer than 398 days. */
const serverHours = 365 * day;
/** From then on every `up` renews the certificate: an environment that sees one in four months never serves an old one. */
const renewalHours = 120 * day;

/**
 * The stack's own certificate authority, for names that no public one vouches for. Its certificate is what clients and
 * nodes trust; it stays while the server certificates under it are renewed.
 *
 *     const ca = new PrivateCa("ca");
 *     const { certificate, key } = ca.issue("registry", "registry.example.org", { parent: this });
 */
export class PrivateCa extends pulumi.ComponentResource {
  /** PEM. */
  readonly certificate: pulumi.Output<string>;
  readonly #key: pulumi.Output<string>;

  constructor(name: string, args: Record<string, never> = {}, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:certificates:PrivateCa", name, args, opts);
    const key = privateKey(name, { parent: this });
    const certificate = new tls.SelfSignedCert(
      `${name}-certificate`,
      {
        privateKeyPem: key.privateKeyPem,
        subject: { commonName: `spark-platform ${pulumi.getStack()}`, organization },
        isCaCertificate: true,
        setSubjectKeyId: true,
        validityPeriodHours: caHours,
        allowedUses: ["cert_signing", "crl_signing"],
      },
      { parent: this },
    );
    this.certificate = certificate.certPem;
    this.#key = key.privateKeyPem;
    this.registerOutputs({ certificate: this.certificate });
  }

  /** A certificate for a server's names, renewed by `up` before it ends. */
  issue(
    name: string,
    hosts: string | readonly string[],
    opts: pulumi.CustomResourceOptions,
  ): ServerCertificate {
    const key = privateKey(name, opts);
    const request = new tls.CertRequest(
      `${name}-request`,
      // No common name: clients look at the DNS names alone, and it has room for 64 letters only.
      { privateKeyPem: key.privateKeyPem, subject: { organization }, dnsNames: [hosts].flat() },
      opts,
    );
    const { certPem } = new tls.LocallySignedCert(
      `${name}-certificate`,
      {
        certRequestPem: request.certRequestPem,
        caPrivateKeyPem: this.#key,
        caCertPem: this.certificate,
        setSubjectKeyId: true,
        validityPeriodHours: serverHours,
        earlyRenewalHours: renewalHours,
        allowedUses: ["digital_signature", "server_auth"],
      },
      opts,
    );
    return { certificate: certPem, key: key.privateKeyPem };
  }
}

function privateKey(name: string, opts: pulumi.CustomResourceOptions): tls.PrivateKey {
  return new tls.PrivateKey(`${name}-key`, { algorithm: "ECDSA", ecdsaCurve: "P256" }, opts);
}
