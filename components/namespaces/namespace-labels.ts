/** Who runs in a namespace: the platform's own parts, or a team's jobs. */
export type NamespaceRole = "system" | "team";

/** Selects the namespaces of one role, or all of the platform's. Network policies trust these labels. */
export function namespaceSelector(role?: NamespaceRole): { readonly matchLabels: Record<string, string> } {
  return { matchLabels: role === undefined ? partOf : { ...partOf, ...roleLabel(role) } };
}

/**
 * Labels of a namespace of the platform: whose it is, and the Pod Security level that the API server enforces there
 * (https://kubernetes.io/docs/concepts/security/pod-security-standards/), with a warning where `restricted` is missed.
 */
export function namespaceLabels(
  role: NamespaceRole,
  level: "restricted" | "baseline",
): Record<string, string> {
  return {
    ...partOf,
    ...roleLabel(role),
    "pod-security.kubernetes.io/enforce": level,
    "pod-security.kubernetes.io/warn": "restricted",
  };
}

const partOf = { "app.kubernetes.io/part-of": "spark-platform" };

function roleLabel(role: NamespaceRole): Record<string, string> {
  return { "spark-platform/role": role };
}
