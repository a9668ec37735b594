import * as pulumi from "@pulumi/pulumi";

import { dockerAuth } from "./docker-auth.ts";
import type { Registry } from "./registry.ts";

/** The Docker configuration (JSON, a secret) that pulls from the registry; undefined where that needs no credentials. */
export function pullConfig({ host, pull }: Registry): pulumi.Output<string> | undefined {
  if (pull === undefined) return undefined;
  const { username, password } = pull;
  return pulumi.secret(password.apply((secret) => dockerAuth(host, username, secret)));
}
