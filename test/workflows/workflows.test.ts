import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, it } from "node:test";

import { projectFolder, readYaml, stackFile } from "../support/graph.ts";
import { at, isRecord, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";

const read = (file: string): string => readFileSync(path.join(projectFolder, file), "utf8");
const files = (folder: string): string[] => readdirSync(path.join(projectFolder, folder));

const workflows = files(".github/workflows").map((file) => `.github/workflows/${file}`);
const actions = files(".github/actions").map((name) => `.github/actions/${name}/action.yml`);
const all = [...workflows, ...actions];

/** Every job with the name of its workflow's file. */
const jobs = workflows.flatMap((file) =>
  Object.entries(recordAt(readYaml(file), "jobs")).map(([name, job]) => ({
    file: path.basename(file),
    name,
    job: isRecord(job) ? job : {},
  })),
);
const jobOf = (workflow: string, wanted: string): Fields =>
  jobs.find(({ file, name }) => file === workflow && name === wanted)?.job ?? {};
const steps = (job: Fields): readonly Fields[] => listAt(job, "steps").filter(isRecord);
const runs = (job: Fields): string =>
  steps(job)
    .map((step) => textAt(step, "run") ?? "")
    .join("\n");

/** Stacks that a pipeline deploys: those with an account of their own. */
const deployed = files("stacks").flatMap((file) => {
  const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
  return stack !== undefined && stackFile(stack)["target"] === "aws" ? [stack] : [];
});

describe("what workflows use", () => {
  for (const file of all) {
    it(`${file}: each action by its commit, with its version beside it`, () => {
      const uses = read(file)
        .split("\n")
        .filter((line) => /\buses:/.test(line));
      for (const line of uses)
        assert.match(line, /uses: (\.\/\.github\/\S+|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    });
  }

  it("the same version of an action everywhere, and Node and the CLI as the tests have them", () => {
    const used = all.flatMap((file) => [...read(file).matchAll(/uses: ([\w-]+\/[\w-]+)@(\w+)/g)]);
    const commits = new Map(used.map(([, name, commit]) => [name, commit]));
    assert.ok(commits.size >= 4);
    for (const [, name, commit] of used) assert.equal(commit, commits.get(name), name);
    const project: unknown = JSON.parse(read("package.json"));
    assert.equal(read(".nvmrc").trim(), textAt(project, "devDependencies", "node"));
    const account = readYaml(".github/actions/account/action.yml");
    const cli = listAt(account, "runs", "steps").find((step) =>
      textAt(step, "uses")?.startsWith("pulumi/actions@"),
    );
    assert.equal(textAt(cli, "with", "pulumi-version"), textAt(project, "dependencies", "@pulumi/pulumi"));
  });
});

describe("what workflows may do", () => {
  for (const file of workflows) {
    it(`${file}: nothing but what each job says, for nobody from outside`, () => {
      const workflow = readYaml(file);
      assert.deepEqual(at(workflow, "permissions"), {});
      assert.equal(at(workflow, "on", "pull_request_target"), undefined);
      assert.equal(at(workflow, "on", "workflow_run"), undefined);
    });
  }

  for (const { file, name, job } of jobs) {
    it(`${file}, ${name}: reads the code, and takes an identity only where it has an environment`, () => {
      const { contents, "id-token": identity, issues, ...more } = recordAt(job, "permissions");
      assert.equal(contents, "read");
      assert.deepEqual(more, {});
      assert.equal(issues, file === "drift.yml" ? "write" : undefined);
      const calls = textAt(job, "uses") !== undefined;
      assert.equal(identity, calls || job["environment"] !== undefined ? "write" : undefined);
      for (const step of steps(job).filter((each) => textAt(each, "uses")?.startsWith("actions/checkout@")))
        assert.equal(at(step, "with", "persist-credentials"), false);
    });
  }

  it("log in as nobody that has keys or passwords", () => {
    for (const file of all) {
      assert.doesNotMatch(
        read(file),
        /\bsecrets\b|access-key|secret-access|AWS_ACCESS_KEY|AWS_SECRET/i,
        file,
      );
    }
  });

  it("put nothing that others write into a script", () => {
    for (const { file, name, job } of jobs) assert.doesNotMatch(runs(job), /\$\{\{/, `${file}, ${name}`);
    for (const file of actions) {
      const text = listAt(readYaml(file), "runs", "steps").map((step) => textAt(step, "run") ?? "");
      assert.doesNotMatch(text.join("\n"), /\$\{\{/, file);
    }
  });

  it("stop where a part of a pipe fails", () => {
    for (const { file, name } of jobs.filter(({ job }) => runs(job).includes("|"))) {
      const shell = at(readYaml(`.github/workflows/${file}`), "defaults", "run", "shell");
      assert.equal(shell, "bash", `${file}, ${name}`);
    }
  });
});

describe("environments", () => {
  it("are those of the stack files that have an account", () => {
    assert.deepEqual(deployed, ["dev", "prod"]);
    assert.deepEqual(at(jobOf("preview.yml", "preview"), "strategy", "matrix", "stack"), deployed);
    assert.deepEqual(at(jobOf("drift.yml", "drift"), "strategy", "matrix", "stack"), deployed);
    const calls = jobs.filter(({ file }) => file === "deploy.yml");
    assert.deepEqual(
      calls.map(({ name }) => name),
      deployed,
    );
    for (const { name, job } of calls) {
      assert.equal(textAt(job, "uses"), "./.github/workflows/deploy-stack.yml");
      assert.equal(at(job, "with", "stack"), name);
      assert.equal(
        textAt(job, "if") ?? at(job, "needs"),
        name === "dev" ? "github.ref == 'refs/heads/main'" : "dev",
      );
    }
  });

  it("have one for what changes them, where a reviewer is asked, and another for what looks", () => {
    assert.equal(at(jobOf("deploy-stack.yml", "up"), "environment"), "${{ inputs.stack }}");
    for (const [file, name] of [
      ["preview.yml", "preview"],
      ["drift.yml", "drift"],
    ] as const) {
      const job = jobOf(file, name);
      assert.equal(at(job, "environment"), "${{ matrix.stack }}-preview");
      assert.doesNotMatch(runs(job), /pulumi (up|destroy|refresh|state|import)/);
    }
  });

  it("are updated by one run at a time, which nobody cuts off", () => {
    assert.deepEqual(at(jobOf("deploy-stack.yml", "up"), "concurrency"), {
      group: "stack-${{ inputs.stack }}",
      "cancel-in-progress": false,
    });
  });

  it("are shown to no fork", () => {
    const condition = textAt(jobOf("preview.yml", "preview"), "if");
    assert.equal(condition, "github.event.pull_request.head.repo.full_name == github.repository");
  });

  it("get images that were scanned before anybody could push, then what is built on them", () => {
    const job = jobOf("deploy-stack.yml", "up");
    const place = (wanted: RegExp): number =>
      steps(job).findIndex((step) => wanted.test(textAt(step, "uses") ?? textAt(step, "run") ?? ""));
    const order = [
      /run --silent images \|/,
      /trivy image/,
      /actions\/account/,
      /images -- --push/,
      /pulumi up/,
    ];
    const places = order.map(place);
    assert.ok(!places.includes(-1), String(places));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  });

  it("are compared and previewed with the flags that say so", () => {
    assert.match(runs(jobOf("preview.yml", "preview")), /pulumi preview .*--diff --policy-pack policy/);
    assert.match(runs(jobOf("deploy-stack.yml", "up")), /pulumi up .*--policy-pack policy/);
    assert.match(runs(jobOf("drift.yml", "drift")), /pulumi preview .*--refresh --expect-no-changes/);
  });
});
