import type { AwsGatewayConfig } from "../components/target/aws-gateway.ts";
import type { AwsTargetArgs } from "../components/target/aws-target.ts";
import type { AwsUiConfig } from "../components/target/aws-ui.ts";
import type { AwsSettings } from "../stacks/schema.ts";
import { defaultPagesHost } from "../stacks/pages-host.ts";
import { postgresConfig } from "./gateway.ts";
import { oidcConfig } from "./oidc.ts";
import { existingRegistryConfig } from "./registry.ts";

/** What a stack says of an account, with its secrets as such. */
export function awsConfig(settings: AwsSettings, objects: Readonly<Record<string, string>>): AwsTargetArgs {
  const { aws, domain, cluster, storage, registry, history } = settings;
  return {
    kind: "aws",
    ...aws,
    domain,
    cluster: { ...cluster, publicAccessCidrs: cluster.publicAccess },
    network: { ...cluster.network, flowLogs: cluster.network.flowLogs },
    nodePools: cluster.nodePools,
    storage: { ...storage, objects, eventLogMaxAge: history.maxAge },
    registry: registry.kind === "existing" ? existingRegistryConfig(registry) : registry,
    ui: uiConfig(settings),
    gateway: gatewayConfig(settings),
  };
}

function uiConfig({ ui, history }: AwsSettings): AwsUiConfig | undefined {
  if (ui.kind === "none") return undefined;
  const { identity } = ui;
  return {
    ...ui,
    pagesHost: ui.pagesHost ?? defaultPagesHost(ui.host),
    identity: identity.kind === "oidc" ? oidcConfig(identity) : identity,
    history,
  };
}

function gatewayConfig({ gateway }: AwsSettings): AwsGatewayConfig | undefined {
  if (gateway.kind === "none") return undefined;
  const { database } = gateway;
  return { ...gateway, database: database.kind === "postgres" ? postgresConfig(database.url) : database };
}
