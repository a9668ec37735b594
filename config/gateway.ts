import * as pulumi from "@pulumi/pulumi";

import { databasePort, type GatewayDatabase } from "../components/gateway/gateway-database.ts";

/** A PostgreSQL of the gateway's, with its URL as a secret. */
export function postgresConfig(url: string): Extract<GatewayDatabase, { kind: "postgres" }> {
  return { kind: "postgres", url: pulumi.secret(url), port: databasePort(url) };
}
