import { standardDefaults } from "../../../jobs/manifest/index.ts";
import { manifest, platform as manifestPlatform } from "../../../test/jobs/manifest/samples.ts";
import { annotations, gatewayLabel } from "../../src/jobs/application.ts";
import type { NewApplication } from "../../src/kubernetes/cluster.ts";
import { toPlatform, type Platform } from "../../src/platform.ts";

/** In its place, the one namespace that the API's own examples name. */
export const onlyAnalytics = { namespaces: { analytics: { ...manifestPlatform, namespace: "analytics" } } };

/** Where pages are, on a platform that has some. */
export const samplePages = {
  url: "https://spark.test:30443",
  origins: "https://pages.spark.test:30446",
  historyServer: "http://history.test:18080",
};

/** A platform of two namespaces, as a stack would write it. */
export function samplePlatform(given: Readonly<Record<string, unknown>> = {}): Platform {
  return toPlatform({
    cluster: "test",
    namespaces: {
      "team-a": manifestPlatform,
      "team-b": { ...manifestPlatform, namespace: "team-b", serviceAccount: "spark-b" },
    },
    jobDefaults: standardDefaults,
    versions: Object.keys(manifestPlatform.images),
    ...given,
  });
}

/** A right SparkApplication of the gateway's. */
export function sampleApplication(name: string, namespace = "team-a"): NewApplication {
  const made = manifest({ name });
  return {
    ...made,
    metadata: {
      ...made.metadata,
      namespace,
      labels: { ...made.metadata.labels, [gatewayLabel.key]: gatewayLabel.value },
      annotations: { [annotations.owner]: "alice" },
    },
  };
}
