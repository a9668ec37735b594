import { createHash } from "node:crypto";

const maxLength = 63;
/** What Cognito lets no prefix contain. */
const refused = ["amazon", "aws", "cognito"];

/**
 * Whether Cognito takes the text as the prefix of a log-in's domain: lower-case letters, digits and hyphens, 63 at the most
 * (https://docs.aws.amazon.com/cognito/latest/developerguide/cognito-user-pools-assign-domain-prefix.html).
 */
export function isDomainPrefix(text: string): boolean {
  return /^[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/.test(text) && !refused.some((word) => text.includes(word));
}

/**
 * A prefix for the log-in of the pages at a host: `spark-example-org` for `spark.example.org`. A region has each prefix
 * once, whoever's it is, and a host is its owner's alone.
 */
export function domainPrefix(host: string): string {
  const dashed = host.toLowerCase().replaceAll(".", "-");
  // A hyphen after the first letter makes a word one that Cognito takes.
  const text = refused.reduce(
    (rest, word) => rest.replaceAll(word, `${word.slice(0, 1)}-${word.slice(1)}`),
    dashed,
  );
  if (text.length <= maxLength) return text;
  const digest = createHash("sha256").update(host).digest("hex").slice(0, 8);
  return `${text.slice(0, maxLength - digest.length - 1)}-${digest}`;
}
