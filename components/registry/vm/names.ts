import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Seconds that others may hold a record. */
const ttl = 300;

export interface VmNamesArgs {
  readonly host: string;
  /** Route 53 zone of the host. */
  readonly zoneId: pulumi.Input<string>;
  /** The authority that may issue certificates for the host, by its name in CAA records. Default: none may. */
  readonly caaDomain?: string | undefined;
}

/** What the registry is found by, whichever VM is behind it. */
export interface VmNames {
  readonly address: aws.ec2.Eip;
  readonly records: { readonly a: aws.route53.Record; readonly caa: aws.route53.Record };
}

/** The address, the record that leads to it, and the one that says who may vouch for the host (RFC 8659). */
export function vmNames(
  name: string,
  { host, zoneId, caaDomain }: VmNamesArgs,
  opts: pulumi.CustomResourceOptions,
): VmNames {
  const address = new aws.ec2.Eip(`${name}-address`, { domain: "vpc", tags: { Name: host } }, opts);
  const record = (type: "A" | "CAA", value: pulumi.Input<string>) =>
    new aws.route53.Record(
      `${name}-${type.toLowerCase()}`,
      { zoneId, name: host, type, ttl, records: [value] },
      opts,
    );
  return {
    address,
    records: { a: record("A", address.publicIp), caa: record("CAA", `0 issue "${caaDomain ?? ";"}"`) },
  };
}
