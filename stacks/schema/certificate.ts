import { z } from "zod";

import { text } from "./fields.ts";

/** Where the certificate of a server in a cluster that exists comes from. */
export const certificate = z
  .discriminatedUnion("kind", [
    z.strictObject({ kind: z.literal("private") }),
    z.strictObject({
      kind: z.literal("cert-manager"),
      issuer: text("name of the issuer", "letsencrypt"),
      issuerKind: z
        .enum(["ClusterIssuer", "Issuer"])
        .default("ClusterIssuer")
        .meta({ description: "kind of the issuer", examples: ["ClusterIssuer"] }),
    }),
  ])
  .prefault({ kind: "private" })
  .meta({
    description:
      "where the certificate comes from: the stack's own authority (private) or the cluster's cert-manager",
    examples: [{ kind: "private" }, { kind: "cert-manager", issuer: "letsencrypt" }],
  });

/** A certificate that somebody else renews, which pods that end TLS would not notice. */
export function misfit({
  kind,
  certificate: from,
}: {
  readonly kind: string;
  readonly certificate: z.output<typeof certificate>;
}): { readonly path: readonly string[]; readonly message: string; readonly expected: string } | undefined {
  if (from.kind !== "cert-manager" || kind === "ingress") return undefined;
  return {
    path: ["certificate", "kind"],
    message: `does not go with kind ${kind}`,
    expected: "kind ingress, whose controller takes a renewed certificate while it runs, or a private one",
  };
}
