import { Readable } from "node:stream";

import { HeadObjectCommand, ListObjectsV2Command, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";

import { hasStatus, storageTrouble } from "../storage/s3.ts";
import { contentNamed } from "./upload-content.ts";
import { uploadKey, type Upload } from "./upload.ts";

/** For how long an upload may begin: enough for a client that asks and then sends. */
export const uploadSeconds = 300;

/** A request that a client makes of the store itself; with other headers, or another content, the store refuses it. */
export interface PresignedPut {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** The code that users have put into the store, each once, by its content. */
export interface Uploads {
  /** Whether it is there, whole. @throws Problem `storage-unavailable`. */
  has(upload: Upload): Promise<boolean>;
  /** How to put it there. `size`: in bytes. @throws Problem `storage-unavailable`. */
  presign(upload: Upload, size: number): Promise<PresignedPut>;
  /**
   * Puts it there as it comes, of which no more than some pieces are held at a time. `size`: in bytes.
   * @throws Problem `storage-unavailable`, or one of `contentNamed`; there is nothing of it in the store then.
   */
  put(upload: Upload, size: number, content: Readable): Promise<void>;
}

/**
 * Uploads in S3. The content's SHA-256 is its name, and is bound into the signature as the checksum that the store
 * compares with what arrives (https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity-upload.html).
 * So nobody can put other code in the place of what others name. Who puts the same content there again, at the same time
 * or later, changes nothing: no condition (`If-None-Match`) is needed, which not every store knows.
 *
 * A store that knows no such checksums would take any content. None of it is ever run: an upload counts as there only
 * when the store itself tells its checksum.
 */
export class S3Uploads implements Uploads {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async has(upload: Upload): Promise<boolean> {
    const Bucket = this.#bucket;
    const Key = uploadKey(upload);
    try {
      // S3 says 403, not 404, of what is not there, to whoever may list only some prefixes.
      const { Contents = [] } = await this.#client.send(new ListObjectsV2Command({ Bucket, Prefix: Key }));
      if (!Contents.some((object) => object.Key === Key)) return false;
      const { ChecksumSHA256 } = await this.#client.send(
        new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }),
      );
      return ChecksumSHA256 === base64(upload.sha256);
    } catch (error) {
      if (hasStatus(error, 404)) return false;
      throw storageTrouble(error);
    }
  }

  async presign(upload: Upload, size: number): Promise<PresignedPut> {
    const checksum = base64(upload.sha256);
    const put = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: uploadKey(upload),
      ContentLength: size,
      ChecksumSHA256: checksum,
    });
    const url = await getSignedUrl(this.#client, put, {
      expiresIn: uploadSeconds,
      // Left to itself the SDK moves it into the query, where stores do not look for it.
      unhoistableHeaders: new Set([checksumHeader]),
    }).catch((error: unknown) => {
      throw storageTrouble(error);
    });
    return { url, headers: { "content-length": String(size), [checksumHeader]: checksum } };
  }

  async put(upload: Upload, size: number, content: Readable): Promise<void> {
    const broken = new AbortController();
    let trouble: Error | undefined;
    // The SDK only pipes what it sends: of the source's end by an error it would never hear.
    const body = Readable.from(contentNamed(upload.sha256, content), { objectMode: false });
    body.once("error", (error) => {
      trouble = error;
      broken.abort();
    });
    const put = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: uploadKey(upload),
      Body: body,
      ContentLength: size,
      ChecksumSHA256: base64(upload.sha256),
    });
    try {
      // As long as the client may take; a store that takes nothing, or does not answer, ends it (`socketTimeout`).
      await this.#client.send(put, { abortSignal: broken.signal, requestTimeout: 0 });
    } catch (error) {
      throw trouble ?? storageTrouble(error);
    } finally {
      body.destroy();
    }
  }
}

const checksumHeader = "x-amz-checksum-sha256";

function base64(hex: string): string {
  return Buffer.from(hex, "hex").toString("base64");
}
