import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { S3Keys, S3Purpose } from "./object-store.ts";

export type PurposeKeys = Readonly<Record<S3Purpose, S3Keys>>;

/** A key pair that the stack makes. The id begins with the user's purpose, so that the store's log is readable. */
export function generateKeys(name: string, user: string, opts: pulumi.CustomResourceOptions): S3Keys {
  const id = new random.RandomString(
    `${name}-${user}-key-id`,
    { length: 12, lower: true, upper: false, numeric: true, special: false },
    opts,
  );
  const secret = new random.RandomPassword(
    `${name}-${user}-secret-key`,
    { length: 40, special: false },
    opts,
  );
  return { accessKeyId: pulumi.interpolate`${user}-${id.result}`, secretAccessKey: secret.result };
}

/** The access key id of each purpose's user. */
export function accessKeyIds(keys: PurposeKeys): pulumi.Output<Record<S3Purpose, string>> {
  const { jobs, history, operator, registry, gateway } = keys;
  return pulumi.output({
    jobs: jobs.accessKeyId,
    history: history.accessKeyId,
    operator: operator.accessKeyId,
    registry: registry.accessKeyId,
    gateway: gateway.accessKeyId,
  });
}
