import type { Violation } from "../jobs/manifest/index.ts";
import { isRecord } from "../jobs/manifest/record.ts";
import { describeValue, listed } from "../jobs/manifest/text.ts";

/** Service accounts of the API that are a team's own, that are named twice, or that act where no team is. */
export function serviceAccountViolations(gateway: unknown, teams: readonly string[]): readonly Violation[] {
  const given = isRecord(gateway) ? gateway["serviceAccounts"] : undefined;
  const accounts = Array.isArray(given) ? given.map((each: unknown) => (isRecord(each) ? each : {})) : [];
  return accounts.flatMap((account, index) => {
    const path = `gateway.serviceAccounts[${index}]`;
    return [
      ...ofTeam(account, path, teams),
      ...namedBefore(account, path, accounts.slice(0, index)),
      ...outsideOfTeams(account, path, teams),
    ];
  });
}

type Account = Readonly<Record<string, unknown>>;

function ofTeam({ namespace }: Account, path: string, teams: readonly string[]): readonly Violation[] {
  if (typeof namespace !== "string" || !teams.includes(namespace)) return [];
  return [
    {
      path: `${path}.namespace`,
      problem: `${describeValue(namespace)} is a team's namespace, whose jobs can get the account's token`,
      expected: "a namespace that is none of the stack's, in which no jobs run",
    },
  ];
}

function namedBefore(
  { namespace, name }: Account,
  path: string,
  earlier: readonly Account[],
): readonly Violation[] {
  const first = earlier.findIndex((other) => other["namespace"] === namespace && other["name"] === name);
  if (first < 0 || typeof name !== "string") return [];
  return [
    {
      path: `${path}.name`,
      problem: `${describeValue(name)} is gateway.serviceAccounts[${first}] too`,
      expected: "each service account once, with all of its namespaces",
    },
  ];
}

function outsideOfTeams(
  { namespaces }: Account,
  path: string,
  teams: readonly string[],
): readonly Violation[] {
  if (!Array.isArray(namespaces)) return [];
  return namespaces.flatMap((each: unknown, index) => {
    if (typeof each !== "string" || teams.includes(each)) return [];
    const problem = `${describeValue(each)} is not a namespace of this stack`;
    return [{ path: `${path}.namespaces[${index}]`, problem, expected: `one of ${listed(teams)}` }];
  });
}
