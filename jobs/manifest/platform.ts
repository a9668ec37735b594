/** A Spark version as its images are tagged: `4.0.4`. */
export type SparkVersion = string;

export interface PodDefaults {
  /** Whole CPU cores that Spark counts on. */
  readonly cores: number;
  /** The JVM's heap: `1g`, `512m`. */
  readonly memory: string;
  /** Memory beside the heap. Default: Spark's 10% of the heap (40% for Python), at least 384 MiB. */
  readonly memoryOverhead?: string;
  /** CPU to request, in Kubernetes' units. Default: `cores`. */
  readonly coreRequest?: string;
  /** CPU limit, in Kubernetes' units. Default: none. */
  readonly coreLimit?: string;
}

/** What a job gets where its user says nothing. The platform engineer's, hence trusted; plain values only. */
export interface JobDefaults {
  readonly sparkVersion: SparkVersion;
  readonly driver: PodDefaults;
  readonly executor: PodDefaults & { readonly instances: number };
  /** `enabled` is for jobs that say neither `dynamicAllocation` nor `executor.instances`. */
  readonly dynamicAllocation: {
    readonly enabled: boolean;
    readonly minExecutors: number;
    readonly maxExecutors: number;
  };
  readonly restart: {
    readonly policy: "Never" | "OnFailure" | "Always";
    readonly retries: number;
    readonly retryIntervalSeconds: number;
    readonly submissionRetries: number;
    readonly submissionRetryIntervalSeconds: number;
  };
  readonly schedule: {
    readonly timeZone: string;
    readonly concurrency: "Allow" | "Forbid" | "Replace";
    readonly suspend: boolean;
    readonly successfulRunHistoryLimit: number;
    readonly failedRunHistoryLimit: number;
  };
  /** Any Spark property, also those that users may not set. */
  readonly sparkConf: Readonly<Record<string, string>>;
  readonly env: Readonly<Record<string, string>>;
  /** Seconds after its end when a job is deleted. Default: never. */
  readonly timeToLiveSeconds?: number;
}

export const standardDefaults: JobDefaults = {
  sparkVersion: "4.0.4",
  driver: { cores: 1, memory: "1g" },
  executor: { cores: 1, memory: "1g", instances: 1 },
  dynamicAllocation: { enabled: false, minExecutors: 0, maxExecutors: 8 },
  // A submission that failed ran nothing of the job, so it is tried again; a run that failed may have written half
  // of its output, and only the user knows whether it bears another. OnFailure with 0 retries runs once: the
  // operator retries while executionAttempts <= onFailureRetries, and the first run makes it 1
  // (operator 2.5.2 pkg/util/sparkapplication.go: ShouldRetry). Never would not retry the submission either.
  restart: {
    policy: "OnFailure",
    retries: 0,
    retryIntervalSeconds: 10,
    submissionRetries: 3,
    submissionRetryIntervalSeconds: 20,
  },
  schedule: {
    timeZone: "UTC",
    concurrency: "Forbid",
    suspend: false,
    successfulRunHistoryLimit: 3,
    failedRunHistoryLimit: 3,
  },
  sparkConf: {},
  env: {},
  // No time to live: a job that a stack declares must still be there when the stack is refreshed, or it would run
  // again. Whoever submits many (the gateway) sets one.
};

/** Where a job runs and what it is given there. Plain values: a component resolves its outputs first. */
export interface JobPlatform {
  /** The team's namespace. */
  readonly namespace: string;
  /** The service account of driver and executors. */
  readonly serviceAccount: string;
  /** Spark version -> full image reference. Its keys are the versions on offer. */
  readonly images: Readonly<Record<SparkVersion, string>>;
  /** Names of the secrets in the namespace that pull the images. */
  readonly imagePullSecrets: readonly string[];
  /** Host (and path) before images that name no host. Default: they are left as they are. */
  readonly registry?: string;
  /** Access to S3, from the ObjectStore's `access("jobs")`. Keys are never in `sparkConf`. */
  readonly storage: {
    readonly sparkConf: Readonly<Record<string, string>>;
    /** How jobs write whose image has the storage's committer. */
    readonly committerConf: Readonly<Record<string, string>>;
    readonly env: Readonly<Record<string, string>>;
    readonly secretEnv: Readonly<Record<string, SecretKey>>;
  };
  /** Where event logs go: `s3a://bucket/events/`. It must exist before the first driver starts. */
  readonly eventLogDirectory: string;
  /** The secret with what drivers check the gateway's signature by. Default: their UIs ask for none. */
  readonly driverUi?: { readonly secret: string };
  /** Labels of every job and its pods. They win over the user's. */
  readonly labels: Readonly<Record<string, string>>;
  /** Default: pods go to any node that takes them. */
  readonly placement?: JobPlacement;
}

/** Which nodes a job's pods go to. It is the cluster's matter: users can neither set it nor take it away. */
export type JobPlacement = Readonly<Record<"driver" | "executor", PodPlacement>>;

export interface PodPlacement {
  /** Labels that a node must have. */
  readonly nodeSelector: Readonly<Record<string, string>>;
  /** Taints of nodes that the pods may go to all the same. */
  readonly tolerations: readonly Toleration[];
  /** What the pods tell whoever manages the nodes, such as `karpenter.sh/do-not-disrupt`. */
  readonly annotations: Readonly<Record<string, string>>;
}

export interface Toleration {
  readonly key: string;
  readonly operator: "Equal";
  readonly value: string;
  readonly effect: "NoSchedule";
}

/** A key of a secret in the job's namespace. */
export interface SecretKey {
  readonly secret: string;
  readonly key: string;
}

/** Code in a ConfigMap of the job's namespace, by names of keys in it. */
export interface MountedCode {
  readonly configMap: string;
  readonly mainFile: string;
  readonly pyFiles: readonly string[];
}
