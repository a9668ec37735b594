import { createHmac, timingSafeEqual } from "node:crypto";

/**
 * A compact JWS (HS256) with this payload. What Spark's JWSFilter asks for: the signature alone, by a key of 32 bytes
 * in base64url (apache/spark, org.apache.spark.ui.JWSFilter).
 */
export function signJws(key: string, payload: object): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(payload)}`;
  return `${signed}.${hmac(key, signed).toString("base64url")}`;
}

/** Whether the key signed the token. Of its header nothing is believed: there is one algorithm. */
export function isSignedBy(key: string, token: string): boolean {
  const [header, payload, signature, ...more] = token.split(".");
  if (header === undefined || payload === undefined || signature === undefined || more.length > 0)
    return false;
  const right = hmac(key, `${header}.${payload}`);
  const shown = Buffer.from(signature, "base64url");
  return shown.length === right.length && timingSafeEqual(shown, right);
}

/**
 * The key that drivers of a namespace check the gateway's signature with. Jobs can read theirs: it neither tells the
 * front door's key, of which it is made, nor another namespace's.
 */
export function driverKey(key: string, namespace: string): string {
  return hmac(key, `driver-ui/${namespace}`).toString("base64url");
}

/** The key that the History Server checks the gateway's signature with. */
export function historyKey(key: string): string {
  return hmac(key, "history-server").toString("base64url");
}

function hmac(key: string, text: string): Buffer {
  return createHmac("sha256", Buffer.from(key, "base64url")).update(text).digest();
}
