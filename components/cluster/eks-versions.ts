/**
 * Versions of Kubernetes that EKS has in standard support, the oldest first: 1.34 until 2 December 2026, 1.35 until
 * 27 March 2027, 1.36 until 2 August 2027. At its end EKS upgrades a cluster by itself (`upgradePolicy`), and no older
 * version can be asked for again: raise the stack's version before that day.
 * https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
 */
export const eksVersions = ["1.34", "1.35", "1.36"] as const;

export type EksVersion = (typeof eksVersions)[number];
