import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

/** Whether the stack makes the zone, or uses a public one of the account, by its id such as `Z0123456789ABCDEFGHIJ`. */
export type ZoneConfig =
  { readonly kind: "create" } | { readonly kind: "existing"; readonly id: pulumi.Input<string> };

export interface DnsZoneArgs {
  /** DNS name in lower case, such as `spark.example.org`. All hosts of the stack are below it, or are it. */
  readonly name: string;
  readonly zone: ZoneConfig;
  /** Whether Pulumi refuses to delete a zone that it made: a new one has other name servers. */
  readonly protect: boolean;
}

/**
 * The public Route 53 zone that the stack's records are in. An existing one is taken as it is: nothing is looked up.
 *
 *     const zone = new DnsZone("zone", { name: "spark.example.org", zone: { kind: "create" }, protect: true });
 */
export class DnsZone extends pulumi.ComponentResource {
  readonly name: string;
  readonly zoneId: pulumi.Output<string>;
  /**
   * What the zone above must hold as NS record of `name`: before that, nobody finds a record of a zone that the stack
   * made, and no certificate is validated. Undefined for an existing zone.
   */
  readonly nameServers: pulumi.Output<string[]> | undefined;

  constructor(name: string, args: DnsZoneArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:DnsZone", name, {}, opts);
    this.name = args.name;
    if (args.zone.kind === "existing") {
      this.zoneId = pulumi.output(args.zone.id);
    } else {
      const { protect } = args;
      const zone = new aws.route53.Zone(
        `${name}-zone`,
        // With `forceDestroy` the records go that others left there, such as those of a certificate's challenge.
        { name: args.name, comment: "spark-platform", forceDestroy: !protect },
        { parent: this, protect },
      );
      this.zoneId = zone.zoneId;
      this.nameServers = zone.nameServers;
    }
    this.registerOutputs({ zoneId: this.zoneId });
  }
}
