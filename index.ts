import * as pulumi from "@pulumi/pulumi";

import { gatewayUpstream } from "./components/gateway/gateway-ui.ts";
import { Gateway } from "./components/gateway/gateway.ts";
import { UserInterface } from "./components/ingress/user-interface.ts";
import { sparkTeams } from "./components/operator/spark-teams.ts";
import { registryOutput } from "./components/registry/registry-output.ts";
import { awsTarget } from "./components/target/aws-target.ts";
import { kubeconfigTarget } from "./components/target/kubeconfig-target.ts";
import { loadConfig } from "./config.ts";
import { gatewayImage, operatorImage, sparkImage } from "./images/versions.ts";
import { declareJobs } from "./jobs/declare-jobs.ts";
import { driverUi } from "./jobs/manifest/driver-ui.ts";

const config = loadConfig();
const { imageRegistry, jobDefaults, sparkVersions } = config;
const images = Object.fromEntries(
  sparkVersions.map((version) => [version, sparkImage(imageRegistry, version).reference]),
);

const target = config.target.kind === "aws" ? awsTarget(config.target) : kubeconfigTarget(config.target);
const { dns, store, registry: stackRegistry } = target;
const opts = { providers: [...target.providers] };

const teams = sparkTeams(
  {
    ...config,
    dns,
    store,
    registry: stackRegistry,
    operator: { ...config.operator, image: operatorImage(imageRegistry) },
    images,
    defaults: jobDefaults,
    placement: target.jobPlacement,
    ...(target.ui && target.gateway && { driverUi }),
  },
  opts,
);
const parts = { dns, store, registry: stackRegistry, authority: target.authority };
const image = sparkImage(imageRegistry).reference;
const upstream = gatewayUpstream;
const userInterface = target.ui && new UserInterface("ui", { ...parts, ...target.ui, image, upstream }, opts);
const api =
  target.gateway &&
  new Gateway(
    "gateway",
    {
      ...parts,
      ...target.gateway,
      image: gatewayImage(imageRegistry).reference,
      cluster: pulumi.getStack(),
      teams,
      jobDefaults,
      versions: sparkVersions,
      ui: userInterface?.pages,
    },
    opts,
  );

/** Name of the bucket of data, code and event logs. */
export const bucket = store.bucket;
/** The store's URL as pods reach it. */
export const storageEndpoint = store.endpoint;
/** Where the platform's images are, and where users push theirs and how to get in. */
export const registry = registryOutput(stackRegistry, imageRegistry);
/** Where the pages are, the DNS records that they need, and who can log in; empty where there are none. */
export const ui = userInterface?.output ?? {};
/** Where the API is, the DNS records that it needs, and the token of the first admin; empty where there is none. */
export const gateway = api?.output ?? {};
/** The account's part: cluster, name servers of the zone, key pairs of the bucket; empty where there is none. */
export const aws = target.aws ?? {};
/** Spark version -> image, for users who build their own on top. */
export const sparkImages = images;
/** The teams' namespaces. */
export const namespaces = teams.map(({ namespace }) => namespace);
/** Declared jobs: name -> NAMESPACE/NAME of the Kubernetes resource. */
export const jobs = declareJobs(config.jobs, teams, opts);
