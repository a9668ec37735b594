/** Our operator image as the chart wants it: three parts. */
export interface OperatorImage {
  readonly registry: string;
  readonly repository: string;
  readonly tag: string;
}

/** How much the operator may do at once. */
export interface OperatorSizing {
  /** Submissions at the same time. Default: what `cpu` can keep busy, {@link workersOf}. */
  readonly workers?: number | undefined;
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

/**
 * Memory of the controller itself (the operator's documentation on its memory), and of one submission: 170 MB, or 220
 * with the S3 jars, where it reads little; 400 when its heap of 256 MB is full (images/spark-operator).
 */
const controllerMiB = 300;
const submissionMiB = 400;

/**
 * Requests a second to the API server. A controller that starts writes the status of every application that has ended and
 * is still there, before it submits any: at the chart's 20 a second, 5,000 of them held submissions up for 248 s, at 100
 * for 53 s, and two workers come no further.
 */
const leastQps = 100;
const qpsPerWorker = 10;

/**
 * Submissions at once on so many CPUs, a Kubernetes quantity. A submission is a JVM that computes all of its time
 * (1.2 s of CPU; stock's two JVMs take 4.9 s), so that more of them than CPUs end no earlier, and all begin later. One
 * more than that, since the same workers follow the states of running jobs, and must not stand behind submissions alone.
 */
export function workersOf(cpu: string): number {
  const cores = cpu.endsWith("m") ? Number(cpu.slice(0, -1)) / 1000 : Number(cpu);
  return Math.ceil(cores) + 1;
}

/** Values of the spark-operator chart: everything in which the platform differs from the chart's own defaults. */
export function operatorValues(args: OperatorValuesArgs): Record<string, unknown> {
  const workers = args.sizing.workers ?? workersOf(args.sizing.cpu);
  const memory = `${controllerMiB + submissionMiB * workers}Mi`;
  const qps = Math.max(leastQps, qpsPerWorker * workers);
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
      workers,
      // A submission takes a handful of requests, for states, events and the service of the UI: many workers would
      // wait at the chart's 20 a second.
      kubeAPIQPS: qps,
      kubeAPIBurst: 1.5 * qps,
      // What it looks at once takes one request: a queue that lets fewer through would be what a start waits for.
      workqueueRateLimiter: { bucketQPS: qps },
      // Nobody uses them: the gateway goes to the driver's pod, and drivers of Spark 4 answer it alone. They would stay
      // as long as the application, while Spark removes its own at the end, and be one more thing to fail a submission.
      uiService: { enable: false },
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
