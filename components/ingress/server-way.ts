import type * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { AlbExposure } from "./alb-route.ts";
import type { ClusterExposure } from "./exposure.ts";
import { serverTls, type CertificateConfig, type ServerTls } from "./server-tls.ts";

/** How a server is reached from outside, and where its certificate comes from: a load balancer of AWS has its own. */
export type WayConfig =
  | { readonly exposure: AlbExposure; readonly certificate: undefined }
  | { readonly exposure: ClusterExposure; readonly certificate: CertificateConfig };

/** The same, with the certificate made. */
export type ServerWay =
  | { readonly exposure: AlbExposure; readonly tls: undefined }
  | { readonly exposure: ClusterExposure; readonly tls: ServerTls };

/** Makes the certificate that the way asks for, in a secret of that name. */
export function serverWay(
  name: string,
  args: WayConfig & {
    readonly namespace: pulumi.Input<string>;
    readonly hosts: readonly string[];
    readonly secret: string;
    /** The stack's authority, made when it is first asked for. */
    readonly authority: () => PrivateCa;
  },
  opts: pulumi.CustomResourceOptions,
): ServerWay {
  if (args.certificate === undefined) return { exposure: args.exposure, tls: undefined };
  return { exposure: args.exposure, tls: serverTls(name, args, opts) };
}
