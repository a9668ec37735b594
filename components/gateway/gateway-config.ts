import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import type { FrontDoorKey } from "../ingress/front-door-key.ts";
import type { GatewayDatabase } from "./gateway-database.ts";
import { files } from "./gateway-pod.ts";
import { platformFile, type PlatformFileArgs } from "./platform-file.ts";

/** What the gateway's pods read at their start. */
export interface GatewayFiles {
  readonly configName: pulumi.Output<string>;
  readonly secretName: pulumi.Output<string>;
  /** All that is in the two, for the mark of the pods. */
  readonly texts: readonly pulumi.Input<string>[];
}

/** Makes the files: the platform in a ConfigMap, the token's hash, the database's URL and the front door's key in a secret. */
export function gatewayFiles(
  name: string,
  args: PlatformFileArgs & {
    readonly namespace: pulumi.Input<string>;
    readonly tokenHash: pulumi.Output<string>;
    readonly database: GatewayDatabase;
    readonly ui: { readonly key: FrontDoorKey } | undefined;
  },
  opts: pulumi.CustomResourceOptions,
): GatewayFiles {
  const { namespace, database, ui } = args;
  const platform = platformFile(args);
  const secrets = {
    [files.registerToken]: args.tokenHash,
    ...(database.kind === "postgres" && { [files.databaseUrl]: database.url }),
    ...(ui !== undefined && { [files.frontDoorKey]: ui.key.key }),
  };
  const config = new k8s.core.v1.ConfigMap(
    `${name}-config`,
    { metadata: { name: "gateway-config", namespace }, data: { [files.platform]: platform } },
    opts,
  );
  const secret = new k8s.core.v1.Secret(
    `${name}-secret`,
    { metadata: { name: "gateway-secrets", namespace }, stringData: secrets },
    opts,
  );
  return {
    configName: config.metadata.name,
    secretName: secret.metadata.name,
    texts: [platform, ...Object.values(secrets)],
  };
}
