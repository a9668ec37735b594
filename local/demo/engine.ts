import { globSync, readFileSync } from "node:fs";
import { delimiter, join } from "node:path";

import { PulumiCommand } from "@pulumi/pulumi/automation/index.js";

import { capture } from "../../images/process.ts";
import { messageOf } from "../../images/errors.ts";
import type { ClusterKind } from "../cluster/choose.ts";
import { chooseEngine, engineOf, missingPrograms } from "../deployment/deployment.ts";
import { parseJson, textAt } from "../kube/json.ts";
import { runProgram } from "../process.ts";
import { places } from "./places.ts";

export interface EnginePlan {
  /** For people: which one, why, and what it means. */
  readonly said: string;
  /** Whether it is to be installed. */
  readonly install: boolean;
  /** Why it cannot be. */
  readonly problems: readonly string[];
}

const home = "https://get.pulumi.com/";
const answersWithinMs = 5_000;
const installsWithinMs = 300_000;
const folder = join(places.tools, "pulumi");
const standIn =
  "a stand-in for Pulumi: this project's own code applies the same program, without previews or the pulumi commands";

/** Which engine it is: Pulumi where it is there or can be had soon, else the stand-in; the one that has begun goes on. */
export async function planEngine(cluster: ClusterKind): Promise<EnginePlan> {
  usePath();
  const missing = missingPrograms(process.env["PATH"] ?? "");
  const begun = engineOf(places.engine);
  const forced = begun ?? process.env["E2E_ENGINE"];
  const { engine, why } = chooseEngine(forced, missing);
  const plan = { install: false, problems: [] };
  if (engine === "pulumi" && missing.length === 0) return { ...plan, said: "Pulumi, which is on PATH" };
  const silence = begun === "stand-in" || forced === "stand-in" ? "" : await silenceOf(home);
  if (silence === undefined) return { ...plan, install: true, said: `Pulumi, to be installed in ${folder}` };
  if (engine === "pulumi")
    return {
      ...plan,
      said: "Pulumi",
      problems: [`Pulumi has the stack's state, and is not here any more: ${silence}`],
    };
  const reason =
    begun === undefined ? [why, silence].filter(Boolean).join("; ") : "which has the stack's state";
  return { ...plan, said: `${standIn} (${reason})`, problems: await helmProblems(cluster) };
}

/** The stand-in calls helm; a bare node brings it along. */
async function helmProblems(cluster: ClusterKind): Promise<readonly string[]> {
  if (cluster === "bare" || (await capture("helm", ["version"])) !== undefined) return [];
  return ["helm is not on PATH, and without Pulumi it is needed: https://helm.sh/docs/intro/install"];
}

/**
 * Installs the CLI and its plug-ins. @throws an Error that says why it could not be, after some minutes at the latest.
 */
export async function installEngine(signal: AbortSignal): Promise<void> {
  const ends = AbortSignal.any([signal, AbortSignal.timeout(installsWithinMs)]);
  const late = new Promise<never>((_resolve, reject) => {
    ends.addEventListener("abort", () => {
      reject(new Error(`it took longer than ${installsWithinMs / 1000} s`));
    });
  });
  try {
    const { command } = await Promise.race([PulumiCommand.install({ root: folder }), late]);
    const env = { ...process.env, PULUMI_HOME: folder, PULUMI_SKIP_UPDATE_CHECK: "true" };
    for (const name of ["kubernetes", "random", "tls"])
      await runProgram(command, ["plugin", "install", "resource", name, versionOf(name)], {
        env,
        signal: ends,
      });
  } catch (error) {
    signal.throwIfAborted();
    throw new Error(`Pulumi could not be installed: ${messageOf(error)}`, { cause: error });
  }
  usePath();
}

/** What has been installed comes first. */
function usePath(): void {
  const plugins = globSync("plugins/resource-*", { cwd: folder }).map((each) => join(folder, each));
  process.env["PATH"] = [join(folder, "bin"), ...plugins, process.env["PATH"] ?? ""].join(delimiter);
}

/** That of the package: engine and program speak of the same resources. */
function versionOf(name: string): string {
  const packages = readFileSync(join(places.project, "package.json"), "utf8");
  return textAt(parseJson(packages), "dependencies", `@pulumi/${name}`) ?? "";
}

/** Why a server is asked no further; undefined where it answers. */
async function silenceOf(url: string): Promise<string | undefined> {
  try {
    const answer = await fetch(url, { method: "HEAD", signal: AbortSignal.timeout(answersWithinMs) });
    return answer.status < 400 ? undefined : `${url} answers ${answer.status}`;
  } catch (error) {
    return `${url} does not answer (${messageOf(error)})`;
  }
}
