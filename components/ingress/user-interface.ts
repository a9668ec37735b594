import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { ClusterDns } from "../cluster/cluster-dns.ts";
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
  /** DNS name below which each application's pages have a name of their own. */
  readonly pagesHost: string;
  readonly identity: IdentityConfig;
  readonly allowed: Allowed;
  /** Members administer the platform. */
  readonly adminGroup: string | undefined;
  readonly history: HistorySizing;
};

export type UserInterfaceArgs = UiConfig & {
  /** The Spark image of the History Server. */
  readonly image: string;
  readonly dns: ClusterDns;
  readonly store: ObjectStore;
  /** The registry that the image is in. Default: one that needs no credentials. */
  readonly registry: Registry | undefined;
  /** The server behind the front door. */
  readonly upstream: Upstream;
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

/** The sources of pages, and the address that visitors come from. */
export interface PagesSource {
  /** `https://HOST[:PORT]` of the front door. */
  readonly url: string;
  readonly key: FrontDoorKey;
  /** Members see everybody's applications. */
  readonly adminGroup: string | undefined;
  /** URL of the issuer that visitors log in at. */
  readonly issuer: pulumi.Input<string>;
  /** Counts e-mail addresses as verified where the issuer sends no `email_verified`. */
  readonly skipEmailVerified: boolean;
  /** DNS name below which each application's pages have a name of their own. */
  readonly host: string;
  /** `http://HOST:PORT` of the History Server in the cluster. */
  readonly historyServer: string;
}

/**
 * The log-in and the History Server: the front door with its certificate, the identity provider that it asks, and the
 * server of finished applications' pages. Behind the front door is the gateway, which shows pages to whom they belong.
 *
 *     new UserInterface("ui", { ...config.ui, image, dns, store, registry, upstream, authority: sharedCa("ca") }, opts);
 */
export class UserInterface extends pulumi.ComponentResource {
  readonly output: UiOutput;
  /** The gateway's input for showing pages. */
  readonly pages: PagesSource;

  constructor(name: string, args: UserInterfaceArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:UserInterface", name, {}, opts);
    const child = { parent: this };
    const { host, allowed, adminGroup, authority } = args;
    const url = publicUrl(host, args.exposure);
    const { namespace } = new SystemNamespace(name, { namespace: uiNamespace, dns: args.dns }, child);
    const way = serverWay(name, { ...args, namespace, hosts: [host], secret: "front-door-tls" }, child);
    const { identity, records, users, userPool } = createIdentity(
      args.identity,
      { namespace, groups: allowed.groups, adminGroup, redirectUri: `${url}${callbackPath}`, authority },
      child,
    );
    const key = frontDoorKey(name, child);
    const history = new HistoryServer("history", { ...args, sizing: args.history, key }, child);
    const { issuer, skipEmailVerified } = identity;
    this.pages = {
      url,
      key,
      adminGroup,
      issuer,
      skipEmailVerified,
      host: args.pagesHost,
      historyServer: history.url,
    };
    const frontDoor = new FrontDoor(
      "front-door",
      { ...way, namespace, host, identity, allowed, key, upstream: args.upstream },
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
