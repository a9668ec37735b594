import assert from "node:assert/strict";
import { test } from "node:test";

import fc from "fast-check";

import {
  imagesPrefix,
  logsPrefix,
  prefixes,
  s3Purposes,
  uploadsPrefix,
  type S3Purpose,
} from "../../components/storage/object-store.ts";
import {
  bucketPolicy,
  policyStatements,
  type PolicyStatement,
} from "../../components/storage/permissions.ts";
import { matches } from "../support/iam.ts";

const bucket = "spark";
const users = {
  jobs: "jobs-1",
  history: "history-1",
  operator: "operator-1",
  registry: "registry-1",
  gateway: "gateway-1",
};
const policy = bucketPolicy(bucket, users);

interface Request {
  readonly user: string;
  readonly action: string;
  /** Of an object, or, for a listing, its prefix. */
  readonly key: string;
  readonly bucket?: string;
}

/** As S3 decides: a statement for the user allows the action on the resource, under its conditions. */
function allows(statements: readonly PolicyStatement[], request: Request): boolean {
  const { user, action, key, bucket: asked = bucket } = request;
  const listing = action === "s3:ListBucket";
  const resource =
    listing || action === "s3:ListBucketMultipartUploads"
      ? `arn:aws:s3:::${asked}`
      : `arn:aws:s3:::${asked}/${key}`;
  return statements.some(
    ({ Principal, Action, Resource, Condition }) =>
      Principal?.AWS.includes(user) === true &&
      Action.includes(action) &&
      Resource.some((pattern) => matches(pattern, resource)) &&
      (Condition === undefined ||
        (listing && Condition.StringLike["s3:prefix"].some((pattern) => matches(pattern, key)))),
  );
}

const objectActions = {
  read: ["s3:GetObject"],
  put: ["s3:PutObject"],
  multipart: ["s3:AbortMultipartUpload", "s3:ListMultipartUploadParts"],
  remove: ["s3:DeleteObject"],
};
type Use = keyof typeof objectActions;

/** What each purpose is for, in words that owe nothing to the policy. */
function may(purpose: S3Purpose, use: Use, key: string): boolean {
  const inside = (prefix: string): boolean => key.startsWith(prefix) && key !== prefix;
  // Who may read what is in a folder may look at the folder too; it is nobody's to write.
  const reads = (prefix: string): boolean => inside(prefix) || key === prefix || `${key}/` === prefix;
  const has = (prefix: string): boolean => (use === "read" ? reads(prefix) : inside(prefix));
  switch (purpose) {
    case "jobs":
      if (has(prefixes.datasets)) return true;
      if (use === "read" && has(prefixes.code)) return true;
      return has(prefixes.events) && (use !== "remove" || key.endsWith(".inprogress"));
    case "history":
      return has(prefixes.events);
    case "operator":
      return use === "read" && has(prefixes.code);
    case "registry":
      return has(imagesPrefix);
    case "gateway":
      if (use === "multipart") return false;
      // It knows the keys of its objects, and looks at no folder.
      if (use === "read") return key.startsWith(logsPrefix) || key.startsWith(uploadsPrefix);
      return inside(logsPrefix) || (use === "put" && inside(uploadsPrefix));
  }
}

const name = fc.stringMatching(/^[\w.*-]{0,12}$/);
const keys = fc
  .tuple(
    fc.constantFrom(
      "",
      "datasets",
      "events",
      "code",
      "code/uploads",
      "logs",
      "eventsx",
      "registry",
      "other",
      "Datasets",
      "code/../datasets",
    ),
    fc.array(name, { maxLength: 3 }),
    fc.constantFrom("", ".inprogress"),
  )
  .map(([first, rest, end]) => [first, ...rest].join("/") + end);
const purposes = fc.constantFrom(...s3Purposes);
const uses = fc.constantFrom<Use>("read", "put", "multipart", "remove");

test("each purpose may do with each object what it is for, and nothing else", () => {
  fc.assert(
    fc.property(purposes, uses, keys, (purpose, use, key) => {
      for (const action of objectActions[use]) {
        const request = { user: users[purpose], action, key };
        assert.equal(allows(policy.Statement, request), may(purpose, use, key), JSON.stringify(request));
      }
    }),
    { numRuns: 2000 },
  );
});

test("whoever writes or removes does so inside of a folder", () => {
  const changes = [...objectActions.put, ...objectActions.multipart, ...objectActions.remove];
  const patterns = policy.Statement.filter(({ Action }) =>
    Action.some((action) => changes.includes(action)),
  ).flatMap(({ Resource }) => Resource.map((resource) => resource.slice(`arn:aws:s3:::${bucket}/`.length)));
  assert.ok(patterns.length > s3Purposes.length);
  for (const pattern of patterns) {
    const before = /^[^*?]*/.exec(pattern)?.[0] ?? "";
    assert.match(before, /^[a-z/]+\/$/, `${pattern} names no folder`);
    assert.ok(!matches(pattern, before), `${pattern} has the folder itself`);
    assert.ok(
      !matches(pattern, before.slice(0, -1)),
      `${pattern} has the key that the folder would be a file at`,
    );
  }
});

test("each purpose may list what it may read, and not the whole bucket", () => {
  fc.assert(
    fc.property(purposes, keys, (purpose, key) => {
      const listed = allows(policy.Statement, { user: users[purpose], action: "s3:ListBucket", key });
      assert.equal(listed, may(purpose, "read", key), `${purpose} lists ${key}`);
    }),
    { numRuns: 1000 },
  );
  for (const purpose of s3Purposes)
    assert.ok(!allows(policy.Statement, { user: users[purpose], action: "s3:ListBucket", key: "" }), purpose);
});

test("unfinished uploads are listed by the registry alone, which takes them up again", () => {
  const action = "s3:ListBucketMultipartUploads";
  const listing = s3Purposes.filter((purpose) =>
    allows(policy.Statement, { user: users[purpose], action, key: "" }),
  );
  assert.deepEqual(listing, ["registry"]);
});

test("nobody may touch the bucket itself, its policy, another bucket, or anything as somebody else", () => {
  const actions = [...Object.values(objectActions).flat(), "s3:ListBucket"];
  const forbidden = [
    "s3:PutBucketPolicy",
    "s3:DeleteBucket",
    "s3:PutObjectAcl",
    "s3:BypassGovernanceRetention",
  ];
  fc.assert(
    fc.property(
      purposes,
      fc.constantFrom(...actions),
      fc.constantFrom(...forbidden),
      keys,
      (purpose, action, no, key) => {
        const user = users[purpose];
        assert.ok(!allows(policy.Statement, { user, action: no, key }));
        assert.ok(!allows(policy.Statement, { user, action, key, bucket: "sparks" }));
        assert.ok(!allows(policy.Statement, { user: "stranger", action, key }));
      },
    ),
  );
  for (const { Effect, Action, Principal } of policy.Statement) {
    assert.equal(Effect, "Allow");
    assert.ok(Action.every((action) => !action.includes("*")));
    assert.ok(Principal?.AWS.every((user) => user !== "*" && user !== ""));
  }
});

test("an identity's own policy is the same without a principal, and ids of statements are unique", () => {
  for (const purpose of s3Purposes) {
    const own = policyStatements(bucket, purpose);
    assert.ok(own.every((statement) => statement.Principal === undefined));
    const named = policyStatements(bucket, purpose, users[purpose]);
    assert.deepEqual(
      named.map(({ Principal, ...statement }) => [statement, Principal?.AWS]),
      own.map((statement) => [statement, [users[purpose]]]),
    );
  }
  const ids = policy.Statement.map(({ Sid }) => Sid);
  assert.deepEqual([...new Set(ids)], ids);
  assert.ok(
    ids.every((id) => /^[A-Za-z0-9]+$/.test(id)),
    "AWS takes letters and digits alone",
  );
});
