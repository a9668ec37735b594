import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { readYaml } from "../support/graph.ts";
import { at, listAt, recordAt, textAt } from "../../local/kube/json.ts";
import { actions, all, deployed, jobOf, jobs, read, runs, steps, workflows } from "./files.ts";

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
      const deploys = textAt(job, "uses") === "./.github/workflows/deploy-stack.yml";
      assert.equal(identity, deploys || job["environment"] !== undefined ? "write" : undefined);
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
    const [images, ...calls] = jobs.filter(({ file }) => file === "deploy.yml");
    assert.equal(textAt(images?.job, "uses"), "./.github/workflows/images.yml");
    assert.equal(textAt(images?.job, "if"), "github.ref == 'refs/heads/main'");
    assert.deepEqual(
      calls.map(({ name }) => name),
      deployed,
    );
    for (const { name, job } of calls) {
      assert.equal(textAt(job, "uses"), "./.github/workflows/deploy-stack.yml");
      assert.equal(at(job, "with", "stack"), name);
      assert.deepEqual(at(job, "needs"), name === "dev" ? "images" : ["images", "dev"]);
      assert.equal(at(job, "if"), undefined);
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

  it("are compared and previewed with the flags that say so", () => {
    assert.match(runs(jobOf("preview.yml", "preview")), /pulumi preview .*--diff --policy-pack policy/);
    assert.match(runs(jobOf("deploy-stack.yml", "up")), /pulumi up .*--policy-pack policy/);
    assert.match(runs(jobOf("drift.yml", "drift")), /pulumi preview .*--refresh --expect-no-changes/);
  });
});
