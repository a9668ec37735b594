import { readFileSync } from "node:fs";

import { defaultSparkVersion, sparkImage, sparkRecipe, rowOf } from "../../../images/versions.ts";
import { resolveJob, sparkApplication, standardDefaults } from "../../../jobs/manifest/index.ts";
import type { Fields } from "../../../local/kube/json.ts";
import { sparkGroup } from "../../e2e/applications.ts";
import { account } from "../operator/namespaces.ts";

const configMap = "counts";
const program = "counts.py";
/** The same of both: all that there is of two cores, and Spark's least heap. */
const size = { cores: 1, coreRequest: "100m", memory: "512m" };

/** The program of both, in the namespace of their jobs. */
export function code(namespace: string): Fields {
  const text = readFileSync(new URL(program, import.meta.url), "utf8");
  return {
    apiVersion: "v1",
    kind: "ConfigMap",
    metadata: { name: configMap, namespace },
    data: { [program]: text },
  };
}

/**
 * The job as the platform makes it, without S3, which the stock image cannot reach: its event log goes to a folder of the
 * driver.
 */
export function ours(registry: string, namespace: string, name: string): Fields {
  const image = sparkImage(registry).reference;
  const wishes = { name, driver: size, executor: { ...size, instances: 1 } };
  const job = resolveJob(standardDefaults, [defaultSparkVersion], wishes, { mountedCode: true });
  if (!job.ok) throw new Error(`the job is refused: ${JSON.stringify(job.violations)}`);
  const platform = {
    namespace,
    serviceAccount: account,
    images: { [defaultSparkVersion]: image },
    imagePullSecrets: [],
    storage: { sparkConf: {}, committerConf: {}, env: {}, secretEnv: {} },
    eventLogDirectory: "file:///opt/spark/work-dir",
    labels: {},
  };
  return { ...sparkApplication(job.value, platform, { configMap, mainFile: program, pyFiles: [] }) };
}

/** The same job as one writes it after the operator's examples, on the public image. */
export function stock(namespace: string, name: string): Fields {
  const folder = "/opt/spark/program";
  const volume = { name: "program", configMap: { name: configMap } };
  const container = {
    name: "spark-kubernetes-driver",
    volumeMounts: [{ name: volume.name, mountPath: folder }],
  };
  return {
    apiVersion: sparkGroup,
    kind: "SparkApplication",
    metadata: { name, namespace },
    spec: {
      type: "Python",
      mode: "cluster",
      sparkVersion: defaultSparkVersion,
      image: sparkRecipe(rowOf(defaultSparkVersion)).base,
      imagePullPolicy: "IfNotPresent",
      mainApplicationFile: `local://${folder}/${program}`,
      restartPolicy: { type: "Never" },
      driver: {
        ...size,
        serviceAccount: account,
        template: { spec: { containers: [container], volumes: [volume] } },
      },
      executor: { ...size, instances: 1 },
    },
  };
}
