import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { parquetReadObjects } from "hyparquet";

import { textAt } from "../../local/kube/json.ts";
import type { Kube } from "../../local/kube/kube.ts";

/** The platform's bucket, seen with the keys of one purpose. */
export class Bucket {
  readonly client: S3Client;
  readonly name: string;

  constructor(endpoint: string, name: string, keys: { readonly id: string; readonly secret: string }) {
    this.name = name;
    this.client = new S3Client({
      endpoint,
      region: "us-east-1",
      forcePathStyle: true,
      credentials: { accessKeyId: keys.id, secretAccessKey: keys.secret },
    });
  }

  async keys(prefix: string): Promise<string[]> {
    const page = await this.client.send(new ListObjectsV2Command({ Bucket: this.name, Prefix: prefix }));
    if (page.IsTruncated === true) throw new Error(`more than a page of objects below ${prefix}`);
    return (page.Contents ?? []).map(({ Key }) => Key ?? "");
  }

  async bytes(key: string): Promise<Uint8Array> {
    const answer = await this.client.send(new GetObjectCommand({ Bucket: this.name, Key: key }));
    if (answer.Body === undefined) throw new Error(`${key} has no body`);
    return answer.Body.transformToByteArray();
  }

  async put(key: string, body: string | Uint8Array): Promise<void> {
    await this.client.send(new PutObjectCommand({ Bucket: this.name, Key: key, Body: body }));
  }

  async remove(key: string): Promise<void> {
    await this.client.send(new DeleteObjectCommand({ Bucket: this.name, Key: key }));
  }

  /** The text of the one file that a job wrote below the prefix. */
  async onlyText(prefix: string): Promise<string> {
    const parts = (await this.keys(prefix)).filter((key) => key.includes("/part-"));
    const [part] = parts;
    if (part === undefined || parts.length > 1)
      throw new Error(`${parts.length} files below ${prefix}, not 1`);
    return new TextDecoder().decode(await this.bytes(part));
  }

  /** All rows of the Parquet files below the prefix. */
  async parquet(prefix: string): Promise<Record<string, unknown>[]> {
    const parts = (await this.keys(prefix)).filter((key) => key.endsWith(".parquet"));
    const tables = await Promise.all(
      parts.map(async (key) => {
        const bytes = await this.bytes(key);
        // A copy of its own: the client's buffer may be part of a larger one.
        return parquetReadObjects({ file: Uint8Array.from(bytes).buffer });
      }),
    );
    return tables.flat();
  }
}

/** The key pair in a namespace's secret. */
export async function keysOf(
  kube: Kube,
  namespace: string,
  name: string,
): Promise<{ readonly id: string; readonly secret: string }> {
  const secret = await kube.read({ apiVersion: "v1", kind: "Secret", namespace, name });
  const value = (key: string): string => Buffer.from(textAt(secret, "data", key) ?? "", "base64").toString();
  return { id: value("AWS_ACCESS_KEY_ID"), secret: value("AWS_SECRET_ACCESS_KEY") };
}
