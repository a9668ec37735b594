import { listAt, recordAt, type Fields } from "../../../local/kube/json.ts";

const apiVersion = "sparkoperator.k8s.io/v1beta2";
const kind = "SparkApplication";

/** A manifest for each name, so that every measured submission is new to the operator. */
export type Manifest = (name: string) => Fields;

/** The platform's own manifest of a job, taken from the cluster, where the program has put it. */
export function asWePutIt(live: Fields): Manifest {
  const { namespace, labels } = recordAt(live, "metadata");
  const spec = recordAt(live, "spec");
  return (name) => ({ apiVersion, kind, metadata: { name, namespace, labels }, spec });
}

/**
 * What somebody would write who only wants to see a driver: the same image and sizes, and nothing that the operator
 * does without: no event log, no S3, no pod templates, no code that comes along.
 */
export function minimal(live: Fields): Manifest {
  const { namespace } = recordAt(live, "metadata");
  const { image, sparkVersion } = recordAt(live, "spec");
  const secrets = listAt(live, "spec", "imagePullSecrets");
  const size = (role: string): Fields => {
    const { cores, coreRequest, memory } = recordAt(live, "spec", role);
    return { cores, coreRequest, memory };
  };
  const { serviceAccount } = recordAt(live, "spec", "driver");
  const { instances } = recordAt(live, "spec", "executor");
  return (name) => ({
    apiVersion,
    kind,
    metadata: { name, namespace },
    spec: {
      type: "Python",
      mode: "cluster",
      sparkVersion,
      image,
      ...(secrets.length > 0 && { imagePullSecrets: secrets }),
      // Every Spark image has this file. It sets a variable and ends, as our job does after a line of its own.
      mainApplicationFile: "local:///opt/spark/python/pyspark/version.py",
      restartPolicy: { type: "Never" },
      driver: { ...size("driver"), serviceAccount },
      executor: { ...size("executor"), instances },
    },
  });
}
