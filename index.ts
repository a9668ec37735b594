import * as pulumi from "@pulumi/pulumi";

import { UserInterface } from "./components/ingress/user-interface.ts";
import { TeamNamespace } from "./components/namespaces/team-namespace.ts";
import { SparkOperator } from "./components/operator/spark-operator.ts";
import { registryOutput } from "./components/registry/registry-output.ts";
import { awsTarget } from "./components/target/aws-target.ts";
import { kubeconfigTarget } from "./components/target/kubeconfig-target.ts";
import { loadConfig } from "./config.ts";
import { operatorImage, sparkImage } from "./images/versions.ts";
import { declareJob } from "./jobs/declare-job.ts";
import { jobRuntime } from "./jobs/job-runtime.ts";

const config = loadConfig();
const { imageRegistry, jobDefaults, sparkVersions } = config;
const images = Object.fromEntries(
  sparkVersions.map((version) => [version, sparkImage(imageRegistry, version).reference]),
);

const target = config.target.kind === "aws" ? awsTarget(config.target) : kubeconfigTarget(config.target);
const { store, registry: stackRegistry } = target;
const opts = { providers: [...target.providers] };

const teams = config.namespaces.map(({ name, quota, egress }) => ({
  name,
  team: new TeamNamespace(name, { namespace: name, store, registry: stackRegistry, quota, egress }, opts),
}));

const operator = new SparkOperator(
  "operator",
  {
    ...config.operator,
    image: operatorImage(imageRegistry),
    store,
    namespaces: teams.map(({ team }) => team),
    registry: stackRegistry,
  },
  opts,
);

const declared = teams.flatMap(({ name: namespace, team }) => {
  const runtime = jobRuntime({
    team,
    store,
    registry: stackRegistry,
    images,
    defaults: jobDefaults,
    placement: target.jobPlacement,
    ready: operator.ready,
  });
  return config.jobs
    .filter((job) => job.namespace === namespace)
    .map((job) => {
      const { application } = declareJob(job.name, { ...job, runtime }, opts);
      return [job.name, pulumi.interpolate`${namespace}/${application}`] as const;
    });
});

const image = sparkImage(imageRegistry).reference;
const pages =
  target.ui &&
  new UserInterface(
    "ui",
    { ...target.ui, image, store, registry: stackRegistry, authority: target.authority },
    opts,
  );

/** Name of the bucket of data, code and event logs. */
export const bucket = store.bucket;
/** The store's URL as pods reach it. */
export const storageEndpoint = store.endpoint;
/** Where the platform's images are, and where users push theirs and how to get in. */
export const registry = registryOutput(stackRegistry, imageRegistry);
/** Where the pages are, the DNS records that they need, and who can log in; empty where there are none. */
export const ui = pages?.output ?? {};
/** The account's part: cluster, name servers of the zone, key pairs of the bucket; empty where there is none. */
export const aws = target.aws ?? {};
/** Spark version -> image, for users who build their own on top. */
export const sparkImages = images;
/** The teams' namespaces. */
export const namespaces = teams.map(({ team }) => team.namespace);
/** Declared jobs: name -> NAMESPACE/NAME of the Kubernetes resource. */
export const jobs = Object.fromEntries(declared);
