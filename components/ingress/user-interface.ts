import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { HistorySizing } from "../history/history-conf.ts";
import { HistoryServer } from "../history/history-server.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import type { Registry } from "../registry/registry.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { createIdentity, type IdentityConfig } from "./create-identity.ts";
import { publicUrl, uiNamespace, type DnsRecord } from "./exposure.ts";
import { frontDoorKey, type FrontDoorKey } from "./front-door-key.ts";
import { FrontDoor, type Upstream } from "./front-door.ts";
import { callbackPath } from "./identity.ts";
import type { Allowed } from "./proxy-config.ts";
import { serverWay, type WayConfig } from "./server-way.ts";

/** What a stack says of its pages. */
export type UiConfig = WayConfig & {
  /** DNS name that browsers know the platform by. */
  readonly host: string;
  readonly identity: IdentityConfig;
  readonly allowed: Allowed;
  /** Members administer the platform. */
  readonly adminGroup: string | undefined;
  readonly history: HistorySizing;
};

export type UserInterfaceArgs = UiConfig & {
  /** The Spark image of the History Server. */
  readonly image: string;
  readonly store: ObjectStore;
  /** The registry that the image is in. Default: one that needs no credentials. */
  readonly registry: Registry | undefined;
  /** What else is behind the front door, beside the History Server. */
  readonly upstreams: readonly Upstream[];
  /** The stack's authority, made when it is first asked for. */
  readonly authority: () => PrivateCa;
};

/** The stack's output `ui`. */
export interface UiOutput {
  /** Where the pages are. */
  readonly url: string;
  /** DNS records that somebody must make. */
  readonly records: readonly DnsRecord[];
  /** PEM of the authority that browsers must trust. Absent where they do so anyway. */
  readonly certificateAuthority?: pulumi.Output<string>;
  /** Email -> password of the stack's own users, a secret. Absent where an issuer that exists knows them. */
  readonly users?: pulumi.Output<Record<string, string>>;
  /** Id of the Cognito user pool in which an administrator makes users. Absent where the stack has none. */
  readonly userPool?: pulumi.Output<string>;
}

/**
 * The platform's pages: the front door with its certificate, who it asks to log in, the History Server
 * behind it, and what else is given.
 *
 *     new UserInterface("ui", { ...config.ui, image, store, registry, upstreams: [], authority: sharedCa("ca") }, opts);
 */
export class UserInterface extends pulumi.ComponentResource {
  readonly output: UiOutput;
  /** What another server needs to be behind the front door. */
  readonly frontDoor: {
    readonly url: string;
    readonly key: FrontDoorKey;
    readonly adminGroup: string | undefined;
    readonly issuer: pulumi.Input<string>;
    readonly skipEmailVerified: boolean;
  };

  constructor(name: string, args: UserInterfaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:UserInterface", name, {}, opts);
    const child = { parent: this };
    const { host, allowed, adminGroup, authority } = args;
    const url = publicUrl(host, args.exposure);
    const { namespace } = new SystemNamespace(name, { namespace: uiNamespace }, child);
    const way = serverWay(name, { ...args, namespace, secret: "front-door-tls" }, child);
    const { identity, records, users, userPool } = createIdentity(
      args.identity,
      { namespace, groups: allowed.groups, adminGroup, redirectUri: `${url}${callbackPath}`, authority },
      child,
    );
    const key = frontDoorKey(name, child);
    const { issuer, skipEmailVerified } = identity;
    this.frontDoor = { url, key, adminGroup, issuer, skipEmailVerified };
    const history = new HistoryServer("history", { ...args, sizing: args.history, key, url }, child);
    const frontDoor = new FrontDoor(
      "front-door",
      { ...way, namespace, host, identity, allowed, key, upstreams: [...args.upstreams, history.upstream] },
      child,
    );
    this.output = {
      url,
      records: [...frontDoor.records, ...records],
      ...(way.tls?.authority !== undefined && { certificateAuthority: way.tls.authority }),
      ...(users !== undefined && { users }),
      ...(userPool !== undefined && { userPool }),
    };
    this.registerOutputs({ url });
  }
}
