import { S3Client, S3ServiceException } from "@aws-sdk/client-s3";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { PlatformStorage } from "../platform.ts";

/**
 * A client of the platform's store. Its keys are those of the SDK's default chain: AWS_* in the environment, or the
 * pod's own identity. A request has 10 s for its answer to begin, and three tries, unless what is sent is a stream.
 */
export function s3Client({ endpoint, region, pathStyle }: PlatformStorage): S3Client {
  // Every archived log that is read holds a connection while its reader takes it.
  const agent = { keepAlive: true, maxSockets: 256 };
  return new S3Client({
    region,
    forcePathStyle: pathStyle,
    ...(endpoint !== undefined && { endpoint }),
    maxAttempts: 3,
    logger: nothing,
    // Checksums that the SDK adds by itself are unknown to many stores that are not AWS's.
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
    requestHandler: {
      connectionTimeout: 3 * secondMs,
      requestTimeout: 10 * secondMs,
      throwOnRequestTimeout: true,
      socketTimeout: 60 * secondMs,
      httpAgent: agent,
      httpsAgent: agent,
    },
  });
}

const nowhere = (): void => undefined;
/** Without one, it says on the console what it does not try again, which whoever asked is told anyway. */
const nothing = { trace: nowhere, debug: nowhere, info: nowhere, warn: nowhere, error: nowhere };

/** Whether the store has answered, and with this status. */
export function hasStatus(error: unknown, status: number): boolean {
  return error instanceof S3ServiceException && error.$metadata.httpStatusCode === status;
}

/** A failure of the store, or of the way to it. Its own words can name keys of the bucket: they go to the log alone. */
export function storageTrouble(cause: unknown): Problem {
  return cause instanceof Problem ? cause : new Problem("storage-unavailable", "try again", { cause });
}
