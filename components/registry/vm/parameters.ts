import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

import type { ServerCertificate } from "../../certificates/private-ca.ts";

/** What the VM gets told at run time: it reads these every minute, so a new value does not make a new VM. */
export interface VmSecrets {
  /** Lines `NAME:BCRYPT`, a secret. */
  readonly htpasswd: pulumi.Input<string>;
  /** PEM: the server's certificate with its key, and that of the authority. Default: the VM gets its own by ACME. */
  readonly tls?: (ServerCertificate & { readonly authority: pulumi.Input<string> }) | undefined;
}

/** Where the registry's parameters are. */
export function registryParameterPath(): string {
  return `/${pulumi.getProject()}/${pulumi.getStack()}/registry`;
}

export interface VmParameters {
  /** ARN of the path that all are below. */
  readonly pathArn: pulumi.Output<string>;
  readonly all: readonly aws.ssm.Parameter[];
}

/** The parameters below `path`: `htpasswd` and, where TLS is given, `tls-certificate`, `tls-key`, `ca-certificate`. */
export function vmParameters(
  name: string,
  path: string,
  { htpasswd, tls }: VmSecrets,
  opts: pulumi.CustomResourceOptions,
): VmParameters {
  const parameter = (key: string, given: aws.ssm.ParameterArgs) =>
    new aws.ssm.Parameter(`${name}-${key}`, { name: `${path}/${key}`, ...given }, opts);
  const users = parameter("htpasswd", secure(pulumi.secret(htpasswd)));
  // The account is in the ARN, and need not be asked for.
  const pathArn = users.arn.apply((arn) => arn.slice(0, arn.lastIndexOf("/")));
  if (tls === undefined) return { pathArn, all: [users] };
  const ofTls = [
    parameter("tls-certificate", secure(tls.certificate)),
    parameter("tls-key", secure(pulumi.secret(tls.key))),
    // Everybody may know it, and a preview shows how it changes.
    parameter("ca-certificate", { type: "String", insecureValue: tls.authority }),
  ];
  return { pathArn, all: [users, ...ofTls] };
}

function secure(value: pulumi.Input<string>): aws.ssm.ParameterArgs {
  return { type: "SecureString", value };
}
