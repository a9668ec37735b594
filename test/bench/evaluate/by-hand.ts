import * as k8s from "@pulumi/kubernetes";

import { TeamNamespace } from "../../../components/namespaces/team-namespace.ts";
import { SparkOperator } from "../../../components/operator/spark-operator.ts";
import { kubeconfigTarget } from "../../../components/target/kubeconfig-target.ts";
import { loadConfig } from "../../../config.ts";
import { operatorImage } from "../../../images/versions.ts";
import type { Fields } from "../../../local/kube/json.ts";

/** A job as its two resources, in plain values. */
export interface HandWrittenJob {
  readonly name: string;
  readonly code: { readonly metadata: Metadata; readonly data?: Texts; readonly binaryData?: Texts };
  readonly application: { readonly kind: string; readonly metadata: Metadata; readonly spec: Fields };
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Texts;
}

export type Texts = Readonly<Record<string, string>>;

/**
 * What somebody would write without `jobs/`: the platform as in index.ts, and for each job the resources alone, whose
 * every field is known beforehand. They need name the operator only, since it waits for all that a job needs.
 */
export function byHand(jobs: readonly HandWrittenJob[]): object {
  const config = loadConfig();
  const { imageRegistry, target } = config;
  if (target.kind !== "kubeconfig")
    throw new Error(`the bench is written for a cluster that exists, not ${target.kind}`);
  const { dns, providers, store } = kubeconfigTarget(target);
  const opts = { providers: [...providers] };
  const teams = config.namespaces.map(
    ({ name, quota, egress }) =>
      new TeamNamespace(name, { namespace: name, dns, store, quota, egress }, opts),
  );
  const image = operatorImage(imageRegistry);
  const operator = new SparkOperator(
    "operator",
    { ...config.operator, image, dns, store, namespaces: teams },
    opts,
  );
  const jobOpts = { ...opts, dependsOn: [...operator.ready] };
  const applications = jobs.map(({ name, code, application }) => {
    new k8s.core.v1.ConfigMap(`${name}-code`, { ...code, immutable: true }, jobOpts);
    const resource = new k8s.apiextensions.CustomResource(
      `${name}-application`,
      { apiVersion: "sparkoperator.k8s.io/v1beta2", ...application },
      jobOpts,
    );
    return [name, resource.metadata.name] as const;
  });
  return {
    bucket: store.bucket,
    storageEndpoint: store.endpoint,
    namespaces: teams.map(({ namespace }) => namespace),
    jobs: Object.fromEntries(applications),
  };
}
