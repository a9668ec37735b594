import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import { signJws } from "../../gateway/src/ui/jws.ts";

/** How the servers behind the front door know that a request came through it. */
export interface FrontDoorKey {
  /** What servers check the signature with: 32 bytes, base64url. A Pulumi secret. */
  readonly key: pulumi.Output<string>;
  /** What the front door shows: a signed JWS (HS256). A Pulumi secret. */
  readonly token: pulumi.Output<string>;
}

/** One key for the front door and all that stands behind it. Made anew, it shuts out every older token. */
export function frontDoorKey(name: string, opts: pulumi.CustomResourceOptions): FrontDoorKey {
  const { base64 } = new random.RandomBytes(`${name}-key`, { length: 32 }, opts);
  const key = pulumi.secret(base64.apply(urlSafe));
  return { key, token: pulumi.secret(key.apply(frontDoorToken)) };
}

/** The same bytes in the alphabet that JWS and URLs use, without padding. */
export function urlSafe(base64: string): string {
  return Buffer.from(base64, "base64").toString("base64url");
}

/**
 * A JWS that the key signs. Spark's JWSFilter asks for the signature alone and knows no nonce: the token is a password
 * between the front door and its servers, and no browser ever sees it.
 */
export function frontDoorToken(key: string): string {
  return signJws(key, { sub: "front-door" });
}
