import { isRecord } from "../../jobs/manifest/record.ts";
import { companionViolations } from "../companions.ts";
import type { StackRule } from "../rule.ts";
import { statementsOf, type Statement } from "../statements.ts";
import { at, entries, mayBe, mayInclude, parsed, unknown, type Fields } from "../values.ts";

/**
 * S3 also answers to plain HTTP, where everybody on the way reads what is asked and what is answered.
 * https://docs.aws.amazon.com/AmazonS3/latest/userguide/security-best-practices.html
 */
export const bucketTlsOnly: StackRule = {
  name: "bucket-tls-only",
  description: "Every bucket refuses requests without TLS, whoever makes them.",
  scope: "stack",
  check: (resource, all) =>
    companionViolations(resource, all, {
      type: "aws:s3/bucketPolicy:BucketPolicy",
      expected:
        'a statement that denies everybody s3:* on the bucket and its objects where aws:SecureTransport is "false"',
      check: ({ inputs: { policy } }) =>
        mayInclude(at(parsed(policy), "Statement"), unknown) ||
        statementsOf(policy, "policy").some(refusesPlainHttp)
          ? []
          : ["no statement refuses requests without TLS"],
    }),
};

function refusesPlainHttp({ fields }: Statement): boolean {
  return (
    mayBe(fields["Effect"], "Deny") &&
    isEverybody(fields["Principal"]) &&
    mayInclude(fields["Action"], "s3:*") &&
    isBucketWithObjects(fields["Resource"]) &&
    isPlainHttp(fields["Condition"])
  );
}

function isEverybody(principal: unknown): boolean {
  return mayBe(principal, "*") || mayInclude(at(principal, "AWS"), "*");
}

function isBucketWithObjects(resources: unknown): boolean {
  return (
    mayInclude(resources, unknown) ||
    entries(resources).some((arn) => mayInclude(resources, `${String(arn)}/*`))
  );
}

/** The one condition: with a second one beside it, the statement would refuse less. */
function isPlainHttp(condition: unknown): boolean {
  if (condition === unknown) return true;
  const bool = at(condition, "Bool");
  if (!isRecord(condition) || !isOnlyKey(condition, "Bool")) return false;
  return bool === unknown || (isRecord(bool) && isOnlyKey(bool, "aws:SecureTransport") && isFalse(bool));
}

function isFalse(bool: Fields): boolean {
  const wanted = bool["aws:SecureTransport"];
  return mayInclude(wanted, "false") || mayInclude(wanted, false);
}

function isOnlyKey(fields: Fields, key: string): boolean {
  return Object.keys(fields).join() === key;
}
