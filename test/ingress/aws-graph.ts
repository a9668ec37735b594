/** Pages behind a load balancer of AWS, with their zone, certificate and log-in. */
import * as pulumi from "@pulumi/pulumi";

import { clusterDns } from "../../components/cluster/cluster-dns.ts";
import { PrivateCa } from "../../components/certificates/private-ca.ts";
import { gatewayUpstream } from "../../components/gateway/gateway-ui.ts";
import { AlbClass, type AlbClassArgs } from "../../components/ingress/alb-class.ts";
import { DnsZone } from "../../components/ingress/dns-zone.ts";
import { UserInterface, type UserInterfaceArgs } from "../../components/ingress/user-interface.ts";
import { createObjectStore } from "../../components/storage/create-object-store.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";

export const host = "spark.example.org";
/** What the provider's table answers for Frankfurt. */
export const loadBalancerZone = "Z215JYRZR1TBD5";
const calls = { "aws:lb/getHostedZoneId:getHostedZoneId": () => ({ id: loadBalancerZone }) };

export interface Wishes extends Partial<Pick<AlbClassArgs, "scheme" | "allowedCidrs">> {
  readonly allowed?: UserInterfaceArgs["allowed"];
  readonly requireMfa?: boolean;
  readonly protect?: boolean;
}

const dns = clusterDns([]);

type Options = Pick<EvaluateOptions, "preview" | "unknowns" | "outputs">;

/** The pages as a stack on AWS has them. Outputs: the stack's `ui`, and the zone's name servers. */
export function pagesGraph(wishes: Wishes = {}, options: Options = {}): Promise<Graph> {
  const { scheme = "internet-facing", allowedCidrs = ["203.0.113.0/24"], protect = true } = wishes;
  const program = (): Promise<unknown> => {
    const zone = new DnsZone("zone", { name: host, zone: { kind: "create" }, protect });
    const { zoneId } = zone;
    const { exposure } = new AlbClass("alb", {
      scheme,
      allowedCidrs,
      publicCidrs: ["10.0.192.0/20"],
      hosts: [host],
      zoneId,
    });
    const pages = new UserInterface("ui", {
      host,
      pagesHost: `pages.${host}`,
      exposure,
      certificate: undefined,
      identity: {
        kind: "cognito",
        domainPrefix: "spark-example-org",
        requireMfa: wishes.requireMfa ?? true,
        protect,
      },
      allowed: wishes.allowed ?? { groups: ["data"], domains: [] },
      adminGroup: "platform",
      history: { memory: "2g", maxAge: "30d" },
      image: "registry.example.org/spark:4.0.4",
      dns,
      store: bucket(),
      registry: undefined,
      upstream: gatewayUpstream,
      authority: () => new PrivateCa("ca"),
    });
    return Promise.resolve({ ui: pages.output, ...(zone.nameServers && { nameServers: zone.nameServers }) });
  };
  return evaluate(program, { ...options, calls });
}

function bucket(): UserInterfaceArgs["store"] {
  const keys = { accessKeyId: pulumi.output("id"), secretAccessKey: pulumi.secret("secret") };
  const common = { bucket: "spark", region: "eu-central-1", objects: {}, pathStyle: true, adminKeys: keys };
  return createObjectStore(
    "store",
    {
      ...common,
      kind: "existing",
      endpoint: "https://s3.example.org",
      keys: { jobs: keys, history: keys, operator: keys, registry: keys, gateway: keys },
    },
    dns,
    {},
  );
}
