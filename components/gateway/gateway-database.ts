import type * as pulumi from "@pulumi/pulumi";

import type { DataVolume } from "../storage/data-volume.ts";

/** Where the gateway keeps its tokens and what it knows of applications. */
export type GatewayDatabase =
  | {
      /** SQLite on a volume, which one pod alone can have: while it is replaced nobody is answered. */
      readonly kind: "embedded";
      readonly volume: DataVolume;
    }
  | {
      /** A PostgreSQL that somebody else runs, and as many pods as there is work for. */
      readonly kind: "postgres";
      /** `postgres://USER:PASSWORD@HOST[:PORT]/NAME`. A Pulumi secret. */
      readonly url: pulumi.Output<string>;
      /** The URL's port, which is no secret: a network policy has it. */
      readonly port: number;
    };

/** PostgreSQL's own port, where a URL names none. */
const postgresPort = 5432;

/** The port of a database's URL. */
export function databasePort(url: string): number {
  const { port } = new URL(url);
  return port === "" ? postgresPort : Number(port);
}
