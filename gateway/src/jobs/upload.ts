import { z } from "zod";

/** Code in the store, by its content. */
export interface Upload {
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
  /** A program, or an archive of modules to import. */
  readonly kind: "py" | "zip";
}

export const uploadSha256Schema = z
  .string()
  .regex(/^[0-9a-f]{64}$/)
  .meta({ description: "SHA-256 of the content, in lower-case hexadecimal", examples: ["0".repeat(64)] });

export const uploadKindSchema = z
  .enum(["py", "zip"])
  .meta({ description: "py: a program; zip: modules to import" });

/** The most that one upload may have, in bytes. */
export const maxUploadBytes = 200 * 1024 * 1024;

/** Where the gateway takes it, below the API's own address. */
export function uploadPath({ sha256, kind }: Upload): string {
  return `/v1/uploads/${kind}/${sha256}`;
}

/** Its key in the bucket: below what the gateway may write, and jobs and the operator may read (components/storage). */
export function uploadKey({ sha256, kind }: Upload): string {
  return `code/uploads/${sha256}.${kind}`;
}
