import { podAccess, s3aConf } from "../../components/storage/s3-access.ts";
import { restrictedContainer, restrictedPod } from "../../components/pod-security.ts";
import { textAt, type Fields } from "../../local/kube/json.ts";
import { podProblems } from "../../local/kube/pods.ts";
import { until } from "../../local/kube/wait.ts";
import type { Kube } from "../../local/kube/kube.ts";
import { team } from "./stack.ts";

const name = "pod-identity";
/** The second is what network policies know pods of Spark by. */
const labels = { "app.kubernetes.io/name": name, "spark-role": "driver" };
const port = 8080;

/**
 * EKS's agent as a pod sees it: who shows the token of the service account gets a key pair
 * (https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html). Here it listens in the pod itself.
 */
const agent = `
import http.server, json, os
class Agent(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        if self.headers.get("Authorization") != open("/tmp/token").read():
            return self.send_error(401)
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.end_headers()
        pair = {"AccessKeyId": os.environ["GIVEN_ID"], "SecretAccessKey": os.environ["GIVEN_KEY"]}
        self.wfile.write(json.dumps({**pair, "Expiration": "2099-01-01T00:00:00Z"}).encode())
http.server.HTTPServer(("127.0.0.1", ${port}), Agent).serve_forever()
`;

const copy = `
import sys
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
try:
    spark.read.text(sys.argv[1]).write.text(sys.argv[2])
except Exception as error:
    # The pod's status has room for 2 KiB.
    sys.exit(str(error)[:1000])
`;

export interface CopyRequest {
  /** Our Spark image. */
  readonly image: string;
  /** URL of the store, as pods reach it. */
  readonly store: string;
  /** `s3a://…` of a text, and of the folder that its copy goes to. */
  readonly from: string;
  readonly to: string;
  /** What the pod shows the agent, which knows `the-token` alone. */
  readonly token: string;
}

/**
 * Copies a text with Spark in a pod that has no key of the store, with all that a pod of a stack in AWS is given: S3A asks
 * the agent who it is. Comes back with the pod's end, and what it complained about.
 */
export async function copyByPodIdentity(
  kube: Kube,
  request: CopyRequest,
): Promise<{ readonly succeeded: boolean; readonly said: string }> {
  const pod = { apiVersion: "v1", kind: "Pod", namespace: team, name };
  await kube.apply(copyPod(request), { fieldManager: "e2e" });
  try {
    const phase = await until(`pod ${name}`, 180_000, async () => {
      const now = textAt(await kube.read(pod), "status", "phase") ?? "";
      return now === "Succeeded" || now === "Failed" ? { done: now } : { waiting: now };
    });
    const said = await podProblems(kube, team, `app.kubernetes.io/name=${name}`);
    return { succeeded: phase === "Succeeded", said };
  } finally {
    await kube.remove(pod);
  }
}

function copyPod({ image, store, from, to, token }: CopyRequest): Fields {
  const endpoint = { url: store, region: "us-east-1", pathStyle: true };
  const conf = Object.entries(s3aConf(endpoint, "pod-identity")).map(
    ([key, value]) => `--conf ${key}=${value}`,
  );
  const given = (variable: string, key: string): object => ({
    name: variable,
    valueFrom: { secretKeyRef: { name: "s3-jobs", key } },
  });
  const plain = {
    ...podAccess("jobs", endpoint, () => []).env,
    AWS_CONTAINER_CREDENTIALS_FULL_URI: `http://127.0.0.1:${port}/v1/credentials`,
    AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE: "/tmp/shown",
    AGENT: agent,
    PROGRAM: copy,
  };
  const script = `printf the-token >/tmp/token; printf %s ${token} >/tmp/shown; printf %s "$PROGRAM" >/tmp/main.py
python3 -c "$AGENT" &
until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do sleep 0.2; done
exec /opt/spark/bin/spark-submit --master 'local[1]' --conf spark.log.level=OFF ${conf.join(" ")} /tmp/main.py ${from} ${to}`;
  return {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { namespace: team, name, labels },
    spec: {
      restartPolicy: "Never",
      automountServiceAccountToken: false,
      securityContext: restrictedPod(185),
      containers: [
        {
          name: "spark",
          image,
          command: ["bash", "-c", script],
          env: [
            ...Object.entries(plain).map(([variable, value]) => ({ name: variable, value })),
            given("GIVEN_ID", "AWS_ACCESS_KEY_ID"),
            given("GIVEN_KEY", "AWS_SECRET_ACCESS_KEY"),
          ],
          resources: { requests: { cpu: "100m", memory: "1Gi" }, limits: { memory: "2Gi" } },
          securityContext: restrictedContainer,
          terminationMessagePolicy: "FallbackToLogsOnError",
          volumeMounts: [
            { name: "tmp", mountPath: "/tmp" },
            { name: "work", mountPath: "/opt/spark/work-dir" },
          ],
        },
      ],
      volumes: [
        { name: "tmp", emptyDir: {} },
        { name: "work", emptyDir: {} },
      ],
    },
  };
}
