/** The workflows and the project's own actions, as their files have them. */
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { isRecord, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { projectFolder, readYaml, stackFile } from "../support/graph.ts";

export const read = (file: string): string => readFileSync(path.join(projectFolder, file), "utf8");
const files = (folder: string): string[] => readdirSync(path.join(projectFolder, folder));

export const workflows = files(".github/workflows").map((file) => `.github/workflows/${file}`);
export const actions = files(".github/actions").map((name) => `.github/actions/${name}/action.yml`);
export const all = [...workflows, ...actions];

/** Every job with the name of its workflow's file. */
export const jobs = workflows.flatMap((file) =>
  Object.entries(recordAt(readYaml(file), "jobs")).map(([name, job]) => ({
    file: path.basename(file),
    name,
    job: isRecord(job) ? job : {},
  })),
);
export const jobOf = (workflow: string, wanted: string): Fields =>
  jobs.find(({ file, name }) => file === workflow && name === wanted)?.job ?? {};
export const steps = (job: Fields): readonly Fields[] => listAt(job, "steps").filter(isRecord);
export const runs = (job: Fields): string =>
  steps(job)
    .map((step) => textAt(step, "run") ?? "")
    .join("\n");

/** Stacks that a pipeline deploys: those with an account of their own. */
export const deployed = files("stacks").flatMap((file) => {
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
  return stack !== undefined && stackFile(stack)["target"] === "aws" ? [stack] : [];
});

/** A job's steps, with those of the project's own actions in the place of these. */
export function allSteps(job: Fields): readonly Fields[] {
  return steps(job).flatMap((step) => {
    const own = /^\.\/(\.github\/actions\/[\w-]+)$/.exec(textAt(step, "uses") ?? "")?.[1];
    return own === undefined
      ? [step]
      : listAt(readYaml(`${own}/action.yml`), "runs", "steps").filter(isRecord);
  });
}
