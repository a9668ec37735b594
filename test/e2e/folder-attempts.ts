import {
  CopyObjectCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";

import { prefixes } from "../../components/storage/object-store.ts";
import type { Bucket } from "./bucket.ts";

/** Keys that a store may take for a folder itself. */
export const folderKeys: readonly string[] = Object.values(prefixes).flatMap((prefix) => {
  const bare = prefix.slice(0, -1);
  return [bare, prefix, `${prefix}/`, `datasets/../${bare}`, `datasets/e2e/../../${prefix}`];
});

/** Everything by which somebody could put an object in the place of a folder, or take the folder away. */
const attempts: Readonly<Record<string, (bucket: Bucket, key: string) => Promise<unknown>>> = {
  put: ({ client, name }, key) =>
    client.send(new PutObjectCommand({ Bucket: name, Key: key, ...(!key.endsWith("/") && { Body: "x" }) })),
  upload: ({ client, name }, key) =>
    client.send(new CreateMultipartUploadCommand({ Bucket: name, Key: key })),
  copy: ({ client, name }, key) =>
    client.send(
      new CopyObjectCommand({ Bucket: name, Key: key, CopySource: `${name}/datasets/examples/raven.txt` }),
    ),
  remove: ({ client, name }, key) => client.send(new DeleteObjectCommand({ Bucket: name, Key: key })),
  "remove among others": async ({ client, name }, key) => {
    const request = { Bucket: name, Delete: { Objects: [{ Key: key }] } };
    const { Errors = [] } = await client.send(new DeleteObjectsCommand(request));
    for (const { Code, Message } of Errors) throw Object.assign(new Error(Message), { name: Code });
  },
};

/** The attempts on folders that these keys do not refuse with AccessDenied, each with what came of it. */
export async function folderAttempts(bucket: Bucket): Promise<readonly string[]> {
  const open: string[] = [];
  for (const key of folderKeys) {
    for (const [what, attempt] of Object.entries(attempts)) {
      const answer = await attempt(bucket, key).then(
        () => "done",
        (error: unknown) => (error instanceof Error ? error.name : String(error)),
      );
      if (answer !== "AccessDenied") open.push(`${what} ${key}: ${answer}`);
    }
  }
  return open;
}
