import type { RunningCluster } from "../cluster/cluster.ts";
import { exampleFile } from "./example.ts";
import { places } from "./places.ts";
import type { Shown } from "./platform.ts";
import { forwardCommand, type Way } from "./ways.ts";

export interface Summary {
  readonly cluster: RunningCluster;
  readonly shown: Shown;
  /** Of the API, whom the demo's jobs are of. */
  readonly user: string;
  /** Of the job that has run. */
  readonly page: string;
  readonly ways: readonly Way[];
  readonly seconds: string;
}

/** What there is now, and what can be done with it. */
export function summaryText({ cluster, shown, user, page, ways, seconds }: Summary): string {
  const here = cluster.nodePortsHere ? [] : ways.map((way) => forwardCommand(cluster.kubeconfig, way));
  const users = Object.entries(shown.users);
  const width = Math.max(...users.map(([email]) => email.length));
  const section = (title: string, lines: readonly string[]): string =>
    [title, ...lines.map((line) => `  ${line}`)].join("\n");
  return [
    `The platform is up (${seconds}).`,
    ...(here.length === 0
      ? []
      : [section("Its ports are the cluster's; these lead there from this machine:", here)]),
    section("Pages, for a browser of this machine", [
      `${shown.pages}/history/  the History Server`,
      `${page}  the job that has just run`,
      `They have a certificate of the stack's own authority: ${places.authority}`,
    ]),
    section(
      "Users of the pages",
      users.map(([email, password]) => `${email.padEnd(width)}  ${password}`),
    ),
    section(`The API, at ${shown.api}, as ${user}`, [
      `. ${places.environment}`,
      "sparkplatform list",
      `sparkplatform run ${places.project}clients/python/examples/word_count.py`,
      `python ${exampleFile}`,
      "kubectl get sparkapplications -A",
    ]),
    section("Again, and away", ["npm run demo", "npm run demo -- --down"]),
  ].join("\n\n");
}
