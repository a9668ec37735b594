import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { ServerCertificate } from "./private-ca.ts";

export interface TlsSecretArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the Kubernetes secret. */
  readonly secret: string;
  readonly certificate: ServerCertificate;
}

/** The secret of a server's certificate and key, as pods mount it and Ingresses name it. */
export function tlsSecret(
  name: string,
  args: TlsSecretArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Secret {
  const { namespace, certificate } = args;
  return new k8s.core.v1.Secret(
    `${name}-tls`,
    {
      metadata: { name: args.secret, namespace },
      type: "kubernetes.io/tls",
      stringData: { "tls.crt": certificate.certificate, "tls.key": certificate.key },
    },
    opts,
  );
}
