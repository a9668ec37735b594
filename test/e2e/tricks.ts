import { generateKeyPairSync, sign } from "node:crypto";

import { sessionCookie } from "./pages.ts";

type Headers = Readonly<Record<string, string>>;

/** What a request may say of itself in vain: headers without a right session. `session` is a right one. */
export function tricks(session: string, user: string, issuer: string): readonly Headers[] {
  const middle = Math.floor(session.length / 2);
  const other = session[middle] === "A" ? "B" : "A";
  const flipped = `${session.slice(0, middle)}${other}${session.slice(middle + 1)}`;
  const token = foreignToken(user, issuer);
  return [
    {},
    { cookie: `${sessionCookie}=${flipped}` },
    { cookie: `${sessionCookie}=${token}` },
    { authorization: `Bearer ${token}` },
    {
      "x-forwarded-user": user,
      "x-forwarded-email": user,
      "x-forwarded-email-verified": "true",
      "x-forwarded-groups": "data",
    },
    { "x-auth-request-user": user, "x-auth-request-groups": "data" },
    { "x-forwarded-access-token": token },
    { "x-forwarded-uri": "/ping", "x-original-url": "/ping", "x-forwarded-for": "127.0.0.1" },
    { "user-agent": "kube-probe/1.34" },
  ];
}

/** What a request past the front door may say in vain. */
export function unsigned(user: string, issuer: string): readonly Headers[] {
  const token = foreignToken(user, issuer);
  return [
    {},
    { authorization: `Bearer ${token}` },
    { authorization: "Bearer x" },
    { "x-forwarded-user": user },
  ];
}

/** A token that is right in all but who signed it. */
function foreignToken(user: string, issuer: string): string {
  const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const seconds = Math.floor(Date.now() / 1000);
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    iss: issuer,
    aud: "spark-platform",
    sub: user,
    email: user,
    email_verified: true,
    groups: ["data"],
    iat: seconds,
    exp: seconds + 3600,
  };
  const signed = `${part({ alg: "RS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${sign("sha256", Buffer.from(signed), privateKey).toString("base64url")}`;
}
