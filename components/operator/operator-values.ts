/** Our operator image as the chart wants it: three parts. */
export interface OperatorImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** How much the operator may do at once. */
export interface OperatorSizing {
  /** Submissions at the same time. Each is a JVM of about 400 MB and, while it runs, one CPU. Default: 4. */
  readonly workers: number;
  /** CPU that the controller requests, as a Kubernetes quantity. Default: "1". */
  readonly cpu: string;
}

export interface OperatorValuesArgs {
  readonly image: OperatorImage;
  readonly crdUpgradeImage: string | undefined;
  readonly imagePullSecrets: readonly string[];
  readonly jobNamespaces: readonly string[];
  /** Variables of the controller's environment. */
  readonly env: Readonly<Record<string, string>>;
  /**
   * Secret in the operator's namespace whose keys become the controller's environment, and a mark of what is in it.
   * Undefined: its service account is all it needs.
   */
  readonly s3Keys: { readonly secret: string; readonly mark: string } | undefined;
  readonly sizing: OperatorSizing;
}

/** The account that the controller runs as, which is the chart's own name for it. */
export const controllerAccount = "spark-operator-controller";

/** Memory of the controller itself and of one submission (the operator's documentation on its memory). */
const controllerMiB = 300;
const submissionMiB = 400;

/** Values of the spark-operator chart: everything in which the platform differs from the chart's own defaults. */
export function operatorValues(args: OperatorValuesArgs): Record<string, unknown> {
  const memory = `${controllerMiB + submissionMiB * args.sizing.workers}Mi`;
  const { registry, repository, tag } = args.image;
  const { s3Keys } = args;
  return {
    image: { registry, repository, tag, pullSecrets: args.imagePullSecrets.map((name) => ({ name })) },
    // Helm installs CRDs but never upgrades them; the chart's hook does.
    hook: {
      upgradeCrd: true,
      ...(args.crdUpgradeImage !== undefined && { image: splitImage(args.crdUpgradeImage) }),
    },
    controller: {
      workers: args.sizing.workers,
      leaderElection: { enable: true },
      serviceAccount: { name: controllerAccount },
      env: Object.entries(args.env).map(([name, value]) => ({ name, value })),
      ...(s3Keys !== undefined && {
        // New keys reach a running container only when it starts again.
        annotations: { "spark-platform/s3-key": s3Keys.mark },
        envFrom: [{ secretRef: { name: s3Keys.secret } }],
      }),
      // The kernel kills a submission that finds no memory, and its job fails: request what the limit allows.
      resources: { requests: { cpu: args.sizing.cpu, memory }, limits: { memory } },
    },
    webhook: {
      // Jobs need nothing of it (jobs/manifest), so that its loss must stop none.
      failurePolicy: "Ignore",
      resources: { requests: { cpu: "50m", memory: "128Mi" }, limits: { memory: "256Mi" } },
    },
    spark: {
      jobNamespaces: args.jobNamespaces,
      // The team namespaces have their own, with fewer rights.
      serviceAccount: { create: false },
      rbac: { create: false },
    },
  };
}

/** `HOST/PATH:TAG` in the chart's three parts. */
export function splitImage(image: string): OperatorImage {
  const slash = image.indexOf("/");
  const colon = image.lastIndexOf(":");
  return {
    registry: image.slice(0, slash),
    repository: image.slice(slash + 1, colon),
    tag: image.slice(colon + 1),
  };
}
