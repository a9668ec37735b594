/**
 * Every problem that the API answers with: its code, HTTP status and title. Clients act on codes, so that a code means
 * the same for ever: one that is no longer needed moves to `retiredCodes` and is not given again.
 */
export const problemCodes = {
  "invalid-input": { status: 400, title: "The request has fields that are not right" },
  "malformed-request": { status: 400, title: "The request cannot be read" },
  "not-authenticated": { status: 401, title: "This needs a token, and there is none" },
  "token-invalid": { status: 401, title: "The token is not one that is known here" },
  "token-expired": { status: 401, title: "The token has expired" },
  "token-revoked": { status: 401, title: "The token was revoked" },
  "register-token-used": { status: 401, title: "The register token was used before" },
  "refresh-token-used": { status: 401, title: "The refresh token was used before" },
  "refresh-token-reused": {
    status: 401,
    title: "The refresh token was used twice, and all tokens of its family are revoked",
  },
  forbidden: { status: 403, title: "This is not allowed with this token" },
  "not-found": { status: 404, title: "There is no such thing" },
  "log-not-ready": { status: 409, title: "The log has not begun yet" },
  "method-not-allowed": { status: 405, title: "This is not done with this method" },
  "uploads-unavailable": { status: 409, title: "This platform has no store to upload to" },
  "application-active": { status: 409, title: "The application has not ended" },
  "request-timeout": { status: 408, title: "The request took too long to arrive" },
  "request-too-large": { status: 413, title: "The request is too large" },
  "unsupported-media-type": { status: 415, title: "The request's content type is not supported" },
  "idempotency-key-reused": { status: 422, title: "The idempotency key was used for another request" },
  "upload-mismatch": { status: 422, title: "The content is not the one that its name says" },
  "refused-by-cluster": { status: 422, title: "Kubernetes refuses this" },
  "too-many-failures": { status: 429, title: "Too many unknown tokens came from this address" },
  "too-many-waiting": { status: 429, title: "Too many submissions wait already" },
  "internal-error": { status: 500, title: "The gateway has a fault" },
  "store-unavailable": { status: 503, title: "The gateway cannot reach its data for the moment" },
  "store-full": { status: 503, title: "The gateway has no space left to write to" },
  "cluster-unavailable": { status: 503, title: "Kubernetes cannot be reached for the moment" },
  "storage-unavailable": { status: 503, title: "The object store cannot be reached for the moment" },
  "identity-unavailable": { status: 503, title: "Kubernetes cannot vouch for the token for the moment" },
} as const satisfies Readonly<Record<string, { readonly status: number; readonly title: string }>>;

export type ProblemCode = keyof typeof problemCodes;

/** Codes that were answered once. */
export const retiredCodes: readonly string[] = [];
