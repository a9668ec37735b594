import type { JobDefaults, PodDefaults, SecretKey } from "./platform.ts";

/** What runs: a file that is there already, or Python code that comes in a ConfigMap. */
export type Program =
  | { readonly kind: "python"; readonly mainFile: string }
  | { readonly kind: "jar"; readonly mainFile: string; readonly mainClass: string }
  | { readonly kind: "mounted" };

/** How many executors. */
export type Scaling =
  | { readonly kind: "fixed"; readonly instances: number }
  | {
      readonly kind: "dynamic";
      readonly minExecutors: number;
      readonly maxExecutors: number;
      readonly initialExecutors: number;
    };

/** A job that is right and complete: defaults and wishes merged, every rule kept. Plain values, no platform yet. */
export interface ResolvedJob {
  readonly name: string;
  readonly sparkVersion: string;
  /** The user's own image as it was written. Default: the platform's for `sparkVersion`. */
  readonly image?: string;
  readonly program: Program;
  readonly arguments: readonly string[];
  readonly dependencies: {
    readonly jars: readonly string[];
    readonly files: readonly string[];
    readonly pyFiles: readonly string[];
    readonly archives: readonly string[];
  };
  readonly driver: PodDefaults;
  readonly executor: PodDefaults;
  readonly scaling: Scaling;
  /** Apart, because the storage's properties stand between the two in precedence. */
  readonly sparkConf: {
    readonly defaults: Readonly<Record<string, string>>;
    readonly user: Readonly<Record<string, string>>;
  };
  readonly env: Readonly<Record<string, string>>;
  readonly secretEnv: Readonly<Record<string, SecretKey>>;
  readonly restart: JobDefaults["restart"];
  readonly timeToLiveSeconds?: number;
  readonly schedule?: JobDefaults["schedule"] & { readonly cron: string };
  readonly labels: Readonly<Record<string, string>>;
}
