import * as pulumi from "@pulumi/pulumi";

import type { Registry } from "./registry.ts";

/** The Docker configuration (JSON, a secret) that pulls from the registry; undefined where that needs no credentials. */
export function pullConfig({ host, pull }: Registry): pulumi.Output<string> | undefined {
  if (pull === undefined) return undefined;
  const { username, password } = pull;
  const text = pulumi.output(password).apply((secret) => {
    const auth = Buffer.from(`${username}:${secret}`).toString("base64");
    return JSON.stringify({ auths: { [host]: { username, password: secret, auth } } });
  });
  return pulumi.secret(text);
}
