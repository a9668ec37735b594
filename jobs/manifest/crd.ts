import type { Toleration } from "./platform.ts";

/**
 * The parts of the Spark Operator's v1beta2 resources that this platform emits; tests hold every manifest against
 * the CRDs' own schema. All of it is native: nothing here needs the operator's webhook.
 */
export interface SparkApplication {
  readonly apiVersion: "sparkoperator.k8s.io/v1beta2";
  readonly kind: "SparkApplication";
  readonly metadata: Metadata;
  readonly spec: SparkApplicationSpec;
}

export interface ScheduledSparkApplication {
  readonly apiVersion: "sparkoperator.k8s.io/v1beta2";
  readonly kind: "ScheduledSparkApplication";
  readonly metadata: Metadata;
  readonly spec: {
    readonly schedule: string;
    readonly timeZone: string;
    readonly concurrencyPolicy: "Allow" | "Forbid" | "Replace";
    readonly suspend: boolean;
    readonly successfulRunHistoryLimit: number;
    readonly failedRunHistoryLimit: number;
    readonly template: SparkApplicationSpec;
  };
}

export interface Metadata {
  readonly name: string;
  readonly namespace: string;
  readonly labels?: Texts;
}

type Texts = Readonly<Record<string, string>>;

export interface SparkApplicationSpec {
  readonly type: "Python" | "Scala";
  readonly mode: "cluster";
  readonly sparkVersion: string;
  readonly image: string;
  readonly imagePullPolicy: "IfNotPresent";
  readonly imagePullSecrets: readonly string[];
  readonly mainApplicationFile: string;
  readonly mainClass?: string;
  readonly arguments: readonly string[];
  readonly deps: {
    readonly jars?: readonly string[];
    readonly files?: readonly string[];
    readonly pyFiles?: readonly string[];
    readonly archives?: readonly string[];
  };
  readonly sparkConf: Texts;
  readonly driver: PodSpec;
  readonly executor: PodSpec & { readonly instances?: number; readonly deleteOnTermination: true };
  readonly dynamicAllocation?: {
    readonly enabled: true;
    readonly minExecutors: number;
    readonly maxExecutors: number;
    readonly initialExecutors: number;
    readonly shuffleTrackingEnabled: true;
  };
  readonly restartPolicy: RestartPolicy;
  readonly timeToLiveSeconds?: number;
}

/** Intervals and retries in seconds and attempts. The interval is multiplied by the attempts made so far. */
export type RestartPolicy =
  | { readonly type: "Never" }
  | {
      readonly type: "Always" | "OnFailure";
      readonly onFailureRetries?: number;
      readonly onFailureRetryInterval: number;
      readonly onSubmissionFailureRetries?: number;
      readonly onSubmissionFailureRetryInterval: number;
    };

export interface PodSpec {
  readonly cores: number;
  readonly coreRequest?: string;
  readonly coreLimit?: string;
  readonly memory: string;
  readonly memoryOverhead?: string;
  readonly serviceAccount: string;
  readonly envVars: Texts;
  readonly envSecretKeyRefs: Readonly<Record<string, { readonly name: string; readonly key: string }>>;
  readonly template: PodTemplate;
}

/** A core/v1 PodTemplateSpec; the CRD leaves it open, the API server checks the pods that come of it. */
export interface PodTemplate {
  readonly metadata?: { readonly annotations: Texts };
  readonly spec: {
    readonly nodeSelector?: Texts;
    readonly tolerations?: readonly Toleration[];
    readonly automountServiceAccountToken: boolean;
    readonly enableServiceLinks: false;
    readonly securityContext: {
      readonly runAsNonRoot: true;
      readonly runAsUser: number;
      readonly fsGroup: number;
      readonly seccompProfile: { readonly type: "RuntimeDefault" };
    };
    readonly containers: readonly [Container];
    readonly volumes?: readonly [{ readonly name: string; readonly configMap: { readonly name: string } }];
  };
}

export interface Container {
  readonly name: string;
  readonly securityContext: {
    readonly allowPrivilegeEscalation: false;
    readonly capabilities: { readonly drop: readonly ["ALL"] };
  };
  readonly terminationMessagePolicy: "FallbackToLogsOnError";
  readonly volumeMounts?: readonly [
    { readonly name: string; readonly mountPath: string; readonly readOnly: true },
  ];
}
