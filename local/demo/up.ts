import { mkdir, writeFile } from "node:fs/promises";

import { messageOf, UserError } from "../../images/errors.ts";
import { chooseCluster, type Choice } from "../cluster/choose.ts";
import type { RunningCluster } from "../cluster/cluster.ts";
import type { Deployment } from "../deployment/deployment.ts";
import { Kube } from "../kube/kube.ts";
import { portProblems } from "../cluster/ports.ts";
import { localPorts } from "../stack.ts";
import type { DemoOptions } from "./args.ts";
import { installClient, pythonProblem } from "./client.ts";
import { installEngine, planEngine } from "./engine.ts";
import { runExample } from "./example.ts";
import { places } from "./places.ts";
import { demoStack, deploy, openDemo, shown, type Shown } from "./platform.ts";
import { readState, writeState, type DemoState } from "./state.ts";
import { print, Steps } from "./steps.ts";
import { summaryText } from "./summary.ts";
import { logIn, TokenUsedError, writeEnvironment, type Client } from "./users.ts";
import { openWays, waysTo } from "./ways.ts";

/** Brings all of it up, or goes on where an earlier run was stopped. @throws what is for the user to read. */
export async function up(options: DemoOptions, signal: AbortSignal): Promise<void> {
  const before = readState();
  const existing = existingOf(options, before);
  const wish = {
    existing,
    before,
    folder: places.folder,
    tools: places.tools,
    ports: localPorts(),
  };
  const choice = await chooseCluster(wish);
  const engine = await planEngine(choice.kind);
  tellPlan(choice, engine.said, before);
  // A bare node brings Debian's, if there is none.
  const noPython = choice.kind === "bare" ? undefined : await pythonProblem();
  const problems = [
    ...(await choice.cluster.problems()),
    // The container of kind has them itself.
    ...(choice.kind === "kind" ? [] : await portProblems(wish.ports)),
    ...engine.problems,
    ...(noPython === undefined ? [] : [noPython]),
  ];
  if (problems.length > 0)
    throw new UserError(`the demo cannot begin:\n${problems.map((each) => `  - ${each}`).join("\n")}`);

  let state: DemoState = before ?? { cluster: choice.kind, existing, registerToken: 1, deployed: false };
  const keep = (change: Partial<DemoState>): void => {
    state = { ...state, ...change };
    writeState(state);
  };
  const steps = new Steps(engine.install ? 7 : 6, signal);
  keep({});
  if (engine.install)
    await steps.run("the Pulumi engine", async (say) => {
      try {
        await installEngine(signal);
      } catch (error) {
        signal.throwIfAborted();
        say(`${messageOf(error)}; the stand-in takes its place`);
      }
    });
  const cluster = await steps.run("the cluster", (say) => choice.cluster.up(say, signal));
  const registry = await steps.run("the images", (say) => cluster.deliverImages(say, signal));
  const programs = await steps.run("the Python client", (say) => installClient(say, signal));
  const deployment = await openDemo(cluster.kubeconfig, steps, signal);
  const bringUp = (): Promise<Shown> => deployed(deployment, cluster, registry, state, steps);
  let stack = await steps.run("the platform", async (say) => {
    for (const [job, why] of Object.entries(cluster.cannotRun)) say(`without the job ${job}: ${why}`);
    return bringUp();
  });
  keep({ deployed: true });

  const kube = Kube.open(cluster.kubeconfig);
  const ways = await waysTo(kube, wish.ports);
  const opened = cluster.nodePortsHere ? [] : await openWays(kube, ways);
  try {
    const client = (): Client => ({ programs, shown: stack, signal });
    const user = await steps.run("a user with a token", async (say) => {
      try {
        return await logIn(client());
      } catch (error) {
        if (!(error instanceof TokenUsedError)) throw error;
        say("the admin's token was used by a run that was stopped: the stack makes the next one");
        keep({ registerToken: state.registerToken + 1 });
        stack = await bringUp();
        return logIn(client());
      }
    });
    await writeEnvironment(client(), cluster.kubeconfig);
    const page = await steps.run("a job, by two lines of Python", () => runExample(client()));
    print(`\n${summaryText({ cluster, shown: stack, user, page, ways, seconds: steps.seconds })}`);
  } finally {
    await Promise.all(opened.map((way) => way.close()));
  }
}

async function deployed(
  deployment: Deployment,
  cluster: RunningCluster,
  registry: string,
  { registerToken }: DemoState,
  steps: Steps,
): Promise<Shown> {
  const { outputs } = await deploy(deployment, demoStack(cluster, registry, registerToken), steps);
  const stack = shown(outputs);
  await mkdir(places.folder, { recursive: true });
  await writeFile(places.authority, stack.authority);
  return stack;
}

/** The cluster that was asked for; the one of the run before, where nothing was asked for. */
function existingOf({ existing }: DemoOptions, before: DemoState | undefined): DemoOptions["existing"] {
  if (before === undefined || existing === undefined) return existing ?? before?.existing;
  if (JSON.stringify(before.existing) === JSON.stringify({ ...existing })) return existing;
  const where = before.existing?.kubeconfig ?? before.cluster;
  throw new UserError(
    `the demo is on another cluster (${where}): npm run demo goes on there, and npm run demo -- --down removes it`,
  );
}

function tellPlan({ cluster, reasons }: Choice, engine: string, before: DemoState | undefined): void {
  const begun =
    before === undefined
      ? []
      : [before.deployed ? "It has been up before." : "It goes on with a run that was stopped."];
  const lines = [
    `cluster:  ${cluster.title}`,
    ...reasons.map((reason) => `          not ${reason}`),
    `engine:   ${engine}`,
    ...cluster.plan.map((line) => `then:     ${line}`),
    "          deploys stacks/Pulumi.local.yaml (about 3 minutes), makes a user, runs a job and follows its log",
    `files:    ${places.folder}`,
    `log:      ${places.log}`,
  ];
  print([...begun, ...lines].join("\n"));
}
