import { z } from "zod";

/** Variables of the gateway's environment (README.md). Named so that none can be one that Kubernetes sets for a service of the namespace (NAME_PORT, NAME_SERVICE_HOST). */
export const environmentSchema = z.object({
  API_ADDRESS: address("where the API and the pages of applications listen").default("0.0.0.0:8080"),
  METRICS_ADDRESS: address("where /metrics listens").default("0.0.0.0:9090"),
  UI_ADDRESS: address("where the front door comes to, if there is a UI_KEY").default("0.0.0.0:8081"),
  UI_KEY: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional()
    .meta({ description: "the front door's key, 32 bytes in base64url", secret: true }),
  UI_ADMIN_GROUP: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "the group whose members see everybody's applications", examples: ["platform"] }),
  UI_ISSUER: z
    .url()
    .optional()
    .meta({
      description: "URL of the OpenID Connect issuer that visitors log in at",
      examples: ["https://login.example.org"],
    }),
  UI_SKIP_EMAIL_VERIFIED: z
    .enum(["true", "false"])
    .default("false")
    .meta({
      description: "whether e-mail addresses count as verified where the issuer sends no email_verified",
      examples: ["true"],
    }),
  DATA_FOLDER: z
    .string()
    .min(1)
    .default("data")
    .meta({ description: "the folder of the embedded database", examples: ["/var/lib/gateway"] }),
  DATABASE_URL: z
    .string()
    .regex(/^postgres(ql)?:\/\/\S+$/)
    .optional()
    .meta({
      description: "a PostgreSQL URL",
      examples: ["postgres://gateway:…@db.example.org/gateway"],
      secret: true,
    }),
  BOOTSTRAP_TOKEN_SHA256: z
    .string()
    .regex(/^[0-9a-f]{64}$/)
    .optional()
    .meta({
      description: "SHA-256 of the first admin's register token, 64 hexadecimal digits in lower case",
    }),
  REFRESH_GRACE_SECONDS: wholeNumber(
    1,
    300,
    "seconds in which a used refresh token is answered as before",
  ).default("60"),
  AUDIT_DAYS: wholeNumber(1, 3650, "days that audit events are kept").default("365"),
  SERVICE_ACCOUNT_AUDIENCE: z
    .string()
    .min(1)
    .optional()
    .meta({ description: "audience of the service-account tokens to accept", examples: ["spark-platform"] }),
  TRUSTED_PROXIES: z
    .string()
    .regex(/^(\d|[0-9a-f.:/]+(,[0-9a-f.:/]+)*)$/i)
    .optional()
    .meta({
      description: "addresses and networks, with commas between, or how many proxies there are",
      examples: ["10.0.0.0/8", "1"],
    }),
  TLS_CERTIFICATE: z
    .string()
    .optional()
    .meta({ description: "PEM of the certificate of the API", secret: true }),
  TLS_KEY: z.string().optional().meta({ description: "PEM of the certificate's key", secret: true }),
  PLATFORM_FILE: z
    .string()
    .min(1)
    .optional()
    .meta({
      description:
        "the file that tells of the cluster and its namespaces; without it, tokens are all there is",
      examples: ["/etc/gateway/platform.json"],
    }),
  LOG_LEVEL: z
    .enum(["fatal", "error", "warn", "info", "debug", "trace"])
    .default("info")
    .meta({ description: "the least that is logged", examples: ["info"] }),
});

/** Variables that may be in a file, whose path is in NAME_FILE. */
export const fileVariables = [
  "DATABASE_URL",
  "BOOTSTRAP_TOKEN_SHA256",
  "TLS_CERTIFICATE",
  "TLS_KEY",
  "UI_KEY",
] as const;

function address(description: string): z.ZodString {
  return z
    .string()
    .regex(/^(\[[0-9a-f:]+\]|[\w.-]+):([1-5]?\d{1,4}|6[0-4]\d{3}|65[0-4]\d{2}|655[0-2]\d|6553[0-5])$/i)
    .meta({ description: `${description}, HOST:PORT`, examples: ["0.0.0.0:8080", "[::]:8080"] });
}

function wholeNumber(min: number, max: number, description: string): z.ZodString {
  const right = (text: string): boolean =>
    /^\d{1,9}$/.test(text) && Number(text) >= min && Number(text) <= max;
  return z
    .string()
    .refine(right, {
      message: "is out of bounds",
      params: { expected: `a whole number from ${min} to ${max}: ${description}` },
    })
    .meta({ description });
}
