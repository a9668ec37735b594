import { codeFolder } from "./code-mount.ts";
import type { PodTemplate } from "./crd.ts";
import type { MountedCode, PodPlacement } from "./platform.ts";
import { sorted } from "./spark-properties.ts";

/** The user `spark` of the apache/spark images. */
const sparkUser = 185;

const codeVolume = "spark-code";

type Role = "driver" | "executor";

/** The names by which the operator tells Spark to find its container in a template (submission.go). */
const containerNames: Readonly<Record<Role, string>> = {
  driver: "spark-kubernetes-driver",
  executor: "spark-kubernetes-executor",
};

/**
 * What Spark cannot be told by properties, and the webhook must not be needed for: security, the code's mount and
 * the nodes to go to (tolerations are no property, and the rest is told beside them).
 * The pods pass Pod Security `restricted`. Where they write needs nothing more: Spark mounts an emptyDir for
 * its local directories, which fsGroup opens to it, and the images' work directory belongs to user 185. It gets no
 * emptyDir of its own, which would hide files that an image brings there.
 */
export function podTemplate(
  role: Role,
  code: MountedCode | undefined,
  placement: PodPlacement | undefined,
): PodTemplate {
  const { nodeSelector = {}, tolerations = [], annotations = {} } = placement ?? {};
  return {
    ...(filled(annotations) && { metadata: { annotations: sorted(annotations) } }),
    spec: {
      ...(filled(nodeSelector) && { nodeSelector: sorted(nodeSelector) }),
      ...(tolerations.length > 0 && { tolerations }),
      // Only the driver calls the API server, to make executors.
      automountServiceAccountToken: role === "driver",
      // A variable for each service in the namespace can make the command line too long to start.
      enableServiceLinks: false,
      securityContext: {
        runAsNonRoot: true,
        runAsUser: sparkUser,
        fsGroup: sparkUser,
        seccompProfile: { type: "RuntimeDefault" },
      },
      containers: [
        {
          name: containerNames[role],
          securityContext: { allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
          // What a program last said is then the reason in the pod's status, also when its log is gone.
          terminationMessagePolicy: "FallbackToLogsOnError",
          ...(code !== undefined && {
            volumeMounts: [{ name: codeVolume, mountPath: codeFolder, readOnly: true }],
          }),
        },
      ],
      ...(code !== undefined && { volumes: [{ name: codeVolume, configMap: { name: code.configMap } }] }),
    },
  };
}

function filled(map: Readonly<Record<string, string>>): boolean {
  return Object.keys(map).length > 0;
}
