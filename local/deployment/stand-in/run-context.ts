import type { Changes } from "../deployment.ts";
import type { Fields } from "../../kube/json.ts";
import type { Registration } from "./monitor.ts";
import type { Clusters } from "./clusters.ts";
import type { Entry, StateFile, Thing } from "./state.ts";

/** What every handler of a resource works with. */
export interface Run {
  readonly state: StateFile;
  readonly clusters: Clusters;
  /** A folder for files that only live as long as the stack. */
  readonly folder: string;
  readonly log: (line: string) => void;
}

/** What became of a registration. */
export interface Handled {
  readonly change: keyof Changes;
  readonly registered: {
    readonly id: string | undefined;
    readonly state: Fields;
    /** Outputs that are secret. */
    readonly secrets: readonly string[];
  };
}

export function entryOf(registration: Registration, thing: Thing): Entry {
  return {
    urn: registration.urn,
    inputs: registration.inputs,
    status: "pending",
    retainOnDelete: registration.retainOnDelete,
    provider: registration.provider,
    deleteTimeout: registration.timeouts.delete,
    thing,
  };
}
