import type { Fields } from "../kube/json.ts";

/** Hears what is being done, a line at a time. */
export type Say = (line: string) => void;

/** A cluster for the platform on this machine, whatever is below it: one that exists, kind, or a bare node. */
export interface Cluster {
  /** What it is, for people: `kind, in Docker`. */
  readonly title: string;
  /** What `up` would do, a line for each part. */
  readonly plan: readonly string[];
  /** Why it cannot come up here: all reasons there are, each with what would help. */
  problems(): Promise<readonly string[]>;
  /**
   * Makes the cluster, or goes on with one that is there; what an earlier run left half made is made anew.
   * @throws an Error that says what to do.
   */
  up(say: Say, signal: AbortSignal): Promise<RunningCluster>;
  /** Removes what `up` made, also where it did not come to its end; nothing to remove is no error. */
  down(say: Say): Promise<void>;
}

/** A cluster that answers, and what of a stack file depends on it. */
export interface RunningCluster {
  /** Path of its kubeconfig. */
  readonly kubeconfig: string;
  /** Builds the images of this checkout and brings them to its nodes; returns the stack's `images.registry`. */
  deliverImages(say: Say, signal: AbortSignal): Promise<string>;
  /** A volume of the stack file, of this size. The same name is the same volume, until the cluster goes. */
  volume(name: string, size: string): Fields;
  /** Address ranges at which names are answered, if not by pods: the stack's `cluster.dns`. */
  readonly dns: readonly string[];
  /** Where the operator's chart is, if not in its own repository. */
  readonly chart: string | undefined;
  /** Whether node ports answer at 127.0.0.1 of this machine. */
  readonly nodePortsHere: boolean;
  /** Jobs of the `local` stack that it cannot run, and why. */
  readonly cannotRun: Readonly<Record<string, string>>;
}
