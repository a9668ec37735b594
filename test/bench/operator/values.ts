import { operatorValues } from "../../../components/operator/operator-values.ts";
import { operatorImage } from "../../../images/versions.ts";
import type { Fields } from "../../../local/kube/json.ts";
import { operatorSchema } from "../../../stacks/schema/platform.ts";

/** The chart's values as a stack has them by default, with our image from a registry. */
export function ourValues(registry: string, jobNamespaces: readonly string[]): Fields {
  const values = operatorValues({
    image: operatorImage(registry),
    crdUpgradeImage: undefined,
    imagePullSecrets: [],
    jobNamespaces,
    env: {},
    s3Keys: undefined,
    sizing: operatorSchema.parse({}),
  });
  // The chart's Job for its CRDs needs an image more, and measures nothing.
  return { ...values, hook: { upgradeCrd: false } };
}

/** The chart with its own image and defaults. */
export function stockValues(jobNamespaces: readonly string[]): Fields {
  return { spark: { jobNamespaces } };
}
