import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { hashToken, toToken } from "../../gateway/src/tokens/token.ts";
import { urlSafe } from "../ingress/front-door-key.ts";

/** The token that the first admin registers with, once. */
export interface RegisterToken {
  /** A Pulumi secret, for whoever runs the stack. */
  readonly token: pulumi.Output<string>;
  /** Its SHA-256, all that the cluster gets. */
  readonly hash: pulumi.Output<string>;
}

/** Makes the token of that number. Another number makes another one; an older one that was not used ends. */
export function registerToken(
  name: string,
  number: number,
  opts: pulumi.CustomResourceOptions,
): RegisterToken {
  const { base64 } = new random.RandomBytes(
    `${name}-register-token-${number}`,
    { length: 32 },
    { ...opts, additionalSecretOutputs: ["base64", "hex"] },
  );
  const token = pulumi.secret(base64.apply((bytes) => toToken("register", urlSafe(bytes))));
  return { token, hash: token.apply(hashToken) };
}
