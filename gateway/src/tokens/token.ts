import { createHash, createHmac, randomBytes } from "node:crypto";

/** `register`: makes a family, once. `refresh`: gets the next pair. `access`: goes with every call. */
export type TokenKind = "register" | "refresh" | "access";

/** By its prefix a token tells what it is, to people and to programs that look for leaked secrets. */
const prefixes: Readonly<Record<TokenKind, string>> = {
  register: "spt_reg_",
  refresh: "spt_ref_",
  access: "spt_acc_",
};

/** A new token: 256 random bits. */
export function mintToken(kind: TokenKind): string {
  return toToken(kind, randomBytes(32).toString("base64url"));
}

/** The token that 32 random bytes, in base64url, make. */
export function toToken(kind: TokenKind, bytes: string): string {
  return prefixes[kind] + bytes;
}

/** The form of a token of one kind: its prefix and 32 bytes in base64url. */
export function patternOf(kind: TokenKind): RegExp {
  return new RegExp(`^${prefixes[kind]}[\\w-]{43}$`);
}

/** The kind of a token, or undefined where a text has not the form of one. */
export function kindOf(token: string): TokenKind | undefined {
  const kinds: readonly TokenKind[] = ["register", "refresh", "access"];
  return kinds.find((kind) => patternOf(kind).test(token));
}

/**
 * What is stored in a token's place: SHA-256 in hexadecimal. A slow hash and a salt guard secrets that can be guessed,
 * and 256 random bits cannot. Looking the hash up takes a time that depends on how much of it matches another hash, but
 * whoever measures that learns about hashes of texts of his own, and nothing of a token: no comparison need be
 * constant in time.
 */
export function hashToken(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}

/** What a token is used up with: stored beside its hash, so that a retry can be answered alike. */
export function mintNonce(): string {
  return randomBytes(32).toString("base64url");
}

/**
 * The token of `kind` that follows on `token`: HMAC-SHA-256 with the token as the key, so that whoever uses a token a
 * second time is given the same successor although only hashes are stored. Neither the token alone nor the store alone
 * yields it. HMAC's key is 256 random bits, and its output is as good as random to whoever lacks one of the two.
 */
export function deriveToken(kind: "refresh" | "access", token: string, nonce: string): string {
  return prefixes[kind] + createHmac("sha256", token).update(`${kind}:${nonce}`).digest("base64url");
}
