import { z } from "zod";

/** What the fields of a stack file are made of. Each says what it is and how a right one looks; errors show both. */

export const quantity = (description: string, example: string): z.ZodString =>
  z
    .string()
    .regex(/^\d+(\.\d+)?(m|k|M|G|T|Ki|Mi|Gi|Ti)?$/)
    .meta({ description: `${description}, a Kubernetes quantity`, examples: [example] });

export const secret = (description: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ description: `${description}, a secret`, examples: ["{ secure: v1:… }"], secret: true });

export const text = (description: string, example: string): z.ZodString =>
  z
    .string()
    .min(1)
    .meta({ description, examples: [example] });

export const dnsLabel = (description: string, example: string): z.ZodString =>
  z
    .string()
    .regex(/^[a-z]([-a-z0-9]{0,61}[a-z0-9])?$/)
    .meta({
      description: `${description}: lower-case letters, digits and dashes, 63 at most`,
      examples: [example],
    });

/** A DNS name of at least two parts. */
export const hostNamePattern = String.raw`[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)+`;

export const hostName = (description: string, example: string): z.ZodString =>
  z
    .string()
    .max(253)
    .regex(new RegExp(`^${hostNamePattern}$`))
    .meta({ description, examples: [example] });

export const nodePort = (description: string, example: number): z.ZodInt =>
  z
    .int()
    .min(30000)
    .max(32767)
    .meta({ description, examples: [example] });
