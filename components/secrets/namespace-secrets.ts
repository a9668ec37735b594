import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { pullConfig } from "../registry/docker-config.ts";
import type { Registry } from "../registry/registry.ts";
import type { S3Access } from "../storage/object-store.ts";

export interface NamespaceSecretsArgs {
  readonly namespace: pulumi.Input<string>;
  /** The storage identity that pods of this namespace use. Default: none. */
  readonly access?: S3Access | undefined;
  /** The registry that pods of this namespace pull images from. Default: one that needs no credentials. */
  readonly registry?: Registry | undefined;
}

/**
 * The secrets that pods of one namespace need: the keys of their storage identity and the credentials to pull images.
 * Nothing that others must not have belongs in a namespace where users run code, since a driver may start pods that mount
 * any secret in it.
 *
 *     new NamespaceSecrets("team-a", { namespace: "team-a", access: store.access("jobs") });
 */
export class NamespaceSecrets extends pulumi.ComponentResource {
  /** Names for `imagePullSecrets`. */
  readonly imagePullSecrets: readonly string[];

  constructor(name: string, args: NamespaceSecretsArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:secrets:NamespaceSecrets", name, {}, opts);
    const child = { parent: this };
    if (args.access?.keys !== undefined) {
      const { name: secretName, data } = args.access.keys.secret;
      new k8s.core.v1.Secret(
        `${name}-s3`,
        { metadata: { name: secretName, namespace: args.namespace }, stringData: data },
        child,
      );
    }
    const dockerConfig = args.registry && pullConfig(args.registry);
    if (dockerConfig !== undefined) {
      new k8s.core.v1.Secret(
        `${name}-pull`,
        {
          metadata: { name: "image-pull", namespace: args.namespace },
          type: "kubernetes.io/dockerconfigjson",
          stringData: { ".dockerconfigjson": dockerConfig },
        },
        child,
      );
    }
    this.imagePullSecrets = dockerConfig === undefined ? [] : ["image-pull"];
    this.registerOutputs({ imagePullSecrets: this.imagePullSecrets });
  }
}
