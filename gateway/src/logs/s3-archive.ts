import { PassThrough, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip, gzipSync } from "node:zlib";

import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type _Object as Listed,
  type S3Client,
} from "@aws-sdk/client-s3";

import { hasStatus, storageTrouble } from "../storage/s3.ts";
import type { Archive, LogKey } from "./archive.ts";

/** Where the gateway's identity may write. As components/storage/object-store.ts has it, which is not in the image. */
export const logsPrefix = "logs/";

const logEnd = ".log.gz";

/**
 * Most of a log that is kept, in bytes after compression. One object is put by one request, whose length has to be known:
 * it waits in memory, and this bounds it. Kubelet hands out one file of a log, of 10 MiB unless it is set to more, which
 * is some hundred KiB here. https://kubernetes.io/docs/concepts/cluster-administration/logging/#log-rotation
 */
const mostKeptBytes = 32 * 1024 * 1024;

/** What a log ends with that was cut. No line of the job's: those begin with a time. */
export const cutRemark = "the log was longer than what is kept of one; the rest was left out";

/** Objects `logs/APPLICATION/POD.log.gz` and `logs/APPLICATION/events.json.gz`. */
export class S3Archive implements Archive {
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #mostBytes: number;

  constructor(client: S3Client, bucket: string, mostBytes = mostKeptBytes) {
    this.#client = client;
    this.#bucket = bucket;
    this.#mostBytes = mostBytes;
  }

  async putLog(key: LogKey, log: Readable, signal?: AbortSignal): Promise<void> {
    const body = await gzipped(log, this.#mostBytes, signal);
    await this.#put(logKey(key), body, "text/plain; charset=utf-8", signal);
  }

  async getLog(key: LogKey, signal?: AbortSignal): Promise<Readable | undefined> {
    let body: unknown;
    try {
      const command = new GetObjectCommand({ Bucket: this.#bucket, Key: logKey(key) });
      body = (await this.#client.send(command, options(signal))).Body;
    } catch (error) {
      if (hasStatus(error, 404) || (hasStatus(error, 403) && !(await this.#has(key, signal)))) {
        return undefined;
      }
      throw storageTrouble(error);
    }
    if (!(body instanceof Readable)) throw storageTrouble(new Error("the answer has no body"));
    return gunzipped(body, signal);
  }

  async podsOf(applicationId: string, signal?: AbortSignal): Promise<readonly string[]> {
    const folder = `${logsPrefix}${applicationId}/`;
    const logs = (await this.#list(folder, signal)).filter(({ Key }) => Key?.endsWith(logEnd) === true);
    const ages = logs.toSorted((one, other) => timeOf(other) - timeOf(one));
    return ages.map(({ Key = "" }) => Key.slice(folder.length, -logEnd.length));
  }

  async putEvents(applicationId: string, json: string, signal?: AbortSignal): Promise<void> {
    const key = `${logsPrefix}${applicationId}/events.json.gz`;
    await this.#put(key, gzipSync(json), "application/json", signal);
  }

  /** One by one: a request that deletes several needs a checksum of which not every store knows the same one. */
  async remove(applicationId: string, signal?: AbortSignal): Promise<void> {
    for (const { Key } of await this.#list(`${logsPrefix}${applicationId}/`, signal)) {
      try {
        await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key }), options(signal));
      } catch (error) {
        throw storageTrouble(error);
      }
    }
  }

  async #put(key: string, body: Buffer, type: string, signal: AbortSignal | undefined): Promise<void> {
    const command = new PutObjectCommand({
      Bucket: this.#bucket,
      Key: key,
      Body: body,
      ContentType: type,
      ContentEncoding: "gzip",
    });
    try {
      await this.#client.send(command, options(signal));
    } catch (error) {
      throw storageTrouble(error);
    }
  }

  /**
   * AWS answers 403 for what is not there to whoever may not list the bucket, of which the gateway may list some folders.
   * https://docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html
   */
  async #has(key: LogKey, signal: AbortSignal | undefined): Promise<boolean> {
    return (await this.#list(logKey(key), signal)).some(({ Key }) => Key === logKey(key));
  }

  async #list(prefix: string, signal: AbortSignal | undefined): Promise<readonly Listed[]> {
    const found: Listed[] = [];
    try {
      for (let token: string | undefined; ;) {
        const page = { Bucket: this.#bucket, Prefix: prefix, ...(token && { ContinuationToken: token }) };
        const answer = await this.#client.send(new ListObjectsV2Command(page), options(signal));
        found.push(...(answer.Contents ?? []));
        token = answer.NextContinuationToken;
        if (token === undefined) return found;
      }
    } catch (error) {
      throw storageTrouble(error);
    }
  }
}

function logKey({ applicationId, pod }: LogKey): string {
  return `${logsPrefix}${applicationId}/${pod}${logEnd}`;
}

function timeOf({ LastModified }: Listed): number {
  return LastModified?.getTime() ?? 0;
}

function options(signal: AbortSignal | undefined): { readonly abortSignal?: AbortSignal } {
  return signal === undefined ? {} : { abortSignal: signal };
}

/** A log, compressed. Of one that takes more than `most`, the beginning. @throws the log's error, or the signal's. */
async function gzipped(log: Readable, most: number, signal: AbortSignal | undefined): Promise<Buffer> {
  const gzip = createGzip();
  const chunks: Buffer[] = [];
  let bytes = 0;
  const taken = async function* (source: AsyncIterable<unknown>): AsyncGenerator<unknown, void, undefined> {
    for await (const chunk of source) {
      yield chunk;
      if (bytes < most) continue;
      yield `\n${cutRemark}\n`;
      return;
    }
  };
  const collect = async (source: AsyncIterable<Buffer>): Promise<void> => {
    for await (const chunk of source) {
      chunks.push(chunk);
      bytes += chunk.length;
    }
  };
  await pipeline(log, taken, gzip, collect, signal === undefined ? {} : { signal });
  return Buffer.concat(chunks);
}

/** The end of either ends the other, so that a reader that goes lets go of the store's connection. */
function gunzipped(body: Readable, signal: AbortSignal | undefined): Readable {
  const text = new PassThrough();
  // The error of either is the reader's, who sees it on what is returned.
  pipeline(body, createGunzip(), text, signal === undefined ? {} : { signal }).catch(() => undefined);
  return text;
}
