import * as pulumi from "@pulumi/pulumi";

import { managedCertificate, type CertManagerIssuer } from "../certificates/managed-certificate.ts";
import type { PrivateCa } from "../certificates/private-ca.ts";
import { tlsSecret } from "../certificates/tls-secret.ts";

/** Where a server's certificate comes from: the stack's own authority, or an issuer of the cluster's cert-manager. */
export type CertificateConfig =
  { readonly kind: "private" } | ({ readonly kind: "cert-manager" } & CertManagerIssuer);

export interface ServerTls {
  /** The secret with the certificate for the host. */
  readonly secretName: pulumi.Output<string>;
  /** PEM, where it is the stack that renews it. */
  readonly certificate: pulumi.Output<string> | undefined;
  /** PEM of the authority that clients must trust; undefined where they do so anyway. */
  readonly authority: pulumi.Output<string> | undefined;
}

/** The certificate for the hosts, as the configuration asks for it. */
export function serverTls(
  name: string,
  args: {
    readonly namespace: pulumi.Input<string>;
    readonly hosts: readonly string[];
    /** Name of the secret that it is put into. */
    readonly secret: string;
    readonly certificate: CertificateConfig;
    readonly authority: () => PrivateCa;
  },
  opts: pulumi.CustomResourceOptions,
): ServerTls {
  const { namespace, hosts, secret } = args;
  if (args.certificate.kind === "cert-manager") {
    const managed = managedCertificate(name, { ...args.certificate, namespace, hosts, secret }, opts);
    // The secret's name, known when cert-manager has made it.
    const secretName = pulumi.output(managed.id).apply(() => secret);
    return { secretName, certificate: undefined, authority: undefined };
  }
  const ca = args.authority();
  const certificate = ca.issue(name, hosts, opts);
  const { metadata } = tlsSecret(name, { namespace, secret, certificate }, opts);
  return { secretName: metadata.name, certificate: certificate.certificate, authority: ca.certificate };
}
