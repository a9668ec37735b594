/** One process for all tests of the bucket on S3: loading Pulumi takes longer than they do. */
import "./s3-bucket.ts";
import "./s3-rights.ts";
import "./s3-users.ts";
