/**
 * What a pod must say to be admitted under Pod Security `restricted`, the strictest of the Kubernetes standards
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/).
 */

interface RestrictedPod {
  readonly runAsNonRoot: true;
  readonly runAsUser: number;
  readonly runAsGroup: number;
  readonly fsGroup: number;
  readonly fsGroupChangePolicy: "OnRootMismatch";
  readonly seccompProfile: { readonly type: "RuntimeDefault" };
}

/** Pod security context for a process that runs as the given user and group id. */
export function restrictedPod(id: number): RestrictedPod {
  return {
    runAsNonRoot: true,
    runAsUser: id,
    runAsGroup: id,
    fsGroup: id,
    fsGroupChangePolicy: "OnRootMismatch",
    seccompProfile: { type: "RuntimeDefault" },
  };
}

/** Container security context: no way to more rights, nothing written outside of volumes. */
export const restrictedContainer = {
  allowPrivilegeEscalation: false,
  capabilities: { drop: ["ALL"] },
  readOnlyRootFilesystem: true,
};
