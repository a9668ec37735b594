import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** An issuer of the cluster's cert-manager (https://cert-manager.io/docs/configuration/issuers/). */
export interface CertManagerIssuer {
  readonly issuer: string;
  readonly issuerKind: "Issuer" | "ClusterIssuer";
}

export interface ManagedCertificateArgs extends CertManagerIssuer {
  readonly namespace: pulumi.Input<string>;
  /** DNS names. A wildcard takes an issuer that proves names by DNS (DNS-01). */
  readonly hosts: readonly string[];
  /** Name of the secret that cert-manager makes and renews. */
  readonly secret: string;
}

/** A certificate that cert-manager, which the cluster already has, gets and renews. */
export function managedCertificate(
  name: string,
  args: ManagedCertificateArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.apiextensions.CustomResource {
  return new k8s.apiextensions.CustomResource(
    `${name}-certificate`,
    {
      apiVersion: "cert-manager.io/v1",
      kind: "Certificate",
      metadata: {
        name: args.secret,
        namespace: args.namespace,
        // The provider knows nothing of this kind by itself.
        annotations: { "pulumi.com/waitFor": "condition=Ready" },
      },
      spec: {
        secretName: args.secret,
        dnsNames: [...args.hosts],
        issuerRef: { group: "cert-manager.io", kind: args.issuerKind, name: args.issuer },
        privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
        usages: ["digital signature", "server auth"],
      },
    },
    opts,
  );
}
