import type * as pulumi from "@pulumi/pulumi";

import { jobRuntime, type JobRuntimeArgs, type TeamRuntime } from "../../jobs/job-runtime.ts";
import { TeamNamespace, type TeamNamespaceArgs } from "../namespaces/team-namespace.ts";
import { SparkOperator, type SparkOperatorArgs } from "./spark-operator.ts";

export interface SparkTeamsArgs
  extends
    Pick<TeamNamespaceArgs, "dns" | "store" | "registry">,
    Pick<JobRuntimeArgs, "images" | "defaults" | "placement" | "driverUi"> {
  readonly namespaces: readonly (Pick<TeamNamespaceArgs, "quota" | "egress"> & { readonly name: string })[];
  readonly operator: Omit<SparkOperatorArgs, "dns" | "store" | "registry" | "namespaces">;
}

/** The teams' namespaces, the operator that looks after them, and what each team's jobs run with. */
export function sparkTeams(
  args: SparkTeamsArgs,
  opts: pulumi.ComponentResourceOptions,
): readonly TeamRuntime[] {
  const { dns, store, registry } = args;
  const teams = args.namespaces.map(({ name, quota, egress }) => ({
    name,
    team: new TeamNamespace(name, { namespace: name, dns, store, registry, quota, egress }, opts),
  }));
  const namespaces = teams.map(({ team }) => team);
  const { ready } = new SparkOperator(
    "operator",
    { ...args.operator, dns, store, registry, namespaces },
    opts,
  );
  return teams.map(({ name, team }) => ({
    name,
    namespace: team.namespace,
    runtime: jobRuntime({ ...args, team, ready }),
  }));
}
