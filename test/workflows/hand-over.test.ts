import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { at, listAt, textAt, type Fields } from "../../local/kube/json.ts";
import { readYaml } from "../support/graph.ts";
import { allSteps, deployed, jobOf, jobs, steps } from "./files.ts";

/** What a job may run that can ask for an identity, in each of its steps: nothing that is built, scanned or installed there. */
const trusted = {
  actions: [
    ...["actions/checkout", "actions/setup-node", "actions/download-artifact"],
    ...["pulumi/actions", "aws-actions/configure-aws-credentials"],
  ],
  commands: [
    /^npm ci --ignore-scripts --no-audit --no-fund$/,
    /^cd archives && sha256sum --check --strict - <<<"\$DIGESTS"$/,
    /^pulumi login "\$STATE"$/,
    /^npm run --silent images -- --load archives --push --stack "\$STACK" \| tee pushed\.txt$/,
    /^pulumi (?:up|preview) --stack "\$STACK" [\w\s\\-]*(?: 2>&1 \| tee preview\.txt)?$/,
    // Words for people, of files that are there.
    /^\{ echo "### [\w $]+"; echo '```(?:diff)?'; (?:cat pushed|tail -c 900000 preview)\.txt; echo '```'; \} >>"\$GITHUB_STEP_SUMMARY"$/,
    /^title="\$STACK is not what main says"\nnumber=\$\(gh issue list [^]*\nelse gh issue create [^]*; fi$/,
  ],
};

describe("an identity", () => {
  const able = jobs.filter(({ job }) => at(job, "permissions", "id-token") === "write");
  const others = jobs.filter(({ job }) => at(job, "permissions", "id-token") === undefined);

  it("is for the jobs that need one", () => {
    assert.deepEqual(
      able.map(({ file, name }) => `${file} ${name}`),
      ["deploy-stack.yml up", "deploy.yml dev", "deploy.yml prod", "drift.yml drift", "preview.yml preview"],
    );
  });

  for (const { file, name, job } of able) {
    it(`${file}, ${name}: no step but those that must be could take it, before the role is taken and after`, () => {
      for (const step of allSteps(job)) {
        const action = textAt(step, "uses")?.split("@")[0];
        if (action !== undefined) assert.ok(trusted.actions.includes(action), action);
        const command = textAt(step, "run")?.trim();
        if (command !== undefined)
          assert.ok(
            trusted.commands.some((form) => form.test(command)),
            command,
          );
        assert.ok((action === undefined) !== (command === undefined));
      }
      assert.equal(at(job, "container"), undefined);
      assert.equal(at(job, "services"), undefined);
    });
  }

  for (const { file, name, job } of others) {
    it(`${file}, ${name}: has no environment, no role and nothing of an account`, () => {
      assert.equal(job["environment"], undefined);
      assert.doesNotMatch(JSON.stringify(job), /ROLE_ARN|vars\.|secrets|actions\/account|configure-aws/);
    });
  }

  it("is nowhere that a scanner, a build or a package's script runs", () => {
    const foreign =
      /trivy|images -- (?!--load)|docker|buildah|npm (?:i|install|ci(?! --ignore-scripts))\b|npx/;
    for (const { file, name, job } of able)
      assert.doesNotMatch(JSON.stringify(allSteps(job)), foreign, `${file}, ${name}`);
    const found = others.filter(({ job }) => foreign.test(JSON.stringify(allSteps(job))));
    assert.deepEqual(
      found.map(({ file, name }) => `${file} ${name}`),
      ["images.yml build", "images.yml scan"],
    );
  });
});

describe("images", () => {
  const [build, scan] = [jobOf("images.yml", "build"), jobOf("images.yml", "scan")];
  const digests = "sha256sum --check --strict";
  const place = (job: Fields, wanted: string): number =>
    allSteps(job).findIndex((step) =>
      `${textAt(step, "uses") ?? ""} ${textAt(step, "run") ?? ""}`.includes(wanted),
    );
  const inOrder = (job: Fields, wanted: readonly string[]): void => {
    const places = wanted.map((each) => place(job, each));
    assert.ok(!places.includes(-1), String(places));
    assert.deepEqual(
      places,
      places.toSorted((a, b) => a - b),
    );
  };

  it("get their digest where they are built, and are passed on by it", () => {
    inOrder(build, ["images -- --save archives", "actions/upload-artifact@"]);
    const step = steps(build).find((each) => textAt(each, "id") === "build");
    assert.match(textAt(step, "run") ?? "", /sha256sum -- \*\.tar; .*>>"\$GITHUB_OUTPUT"/);
    assert.equal(at(build, "outputs", "digests"), "${{ steps.build.outputs.digests }}");
    const workflow = readYaml(".github/workflows/images.yml");
    assert.equal(
      at(workflow, "on", "workflow_call", "outputs", "digests", "value"),
      "${{ jobs.build.outputs.digests }}",
    );
    for (const stack of deployed) {
      const given = at(jobOf("deploy.yml", stack), "with", "digests");
      assert.equal(given, "${{ needs.images.outputs.digests }}");
    }
  });

  it("are those that were built wherever they are scanned or pushed, and scanned before they are pushed", () => {
    assert.equal(scan["needs"], "build");
    inOrder(scan, ["actions/download-artifact@", digests, "setup-trivy@", "trivy image"]);
    const up = jobOf("deploy-stack.yml", "up");
    inOrder(up, [
      ...[
        "actions/download-artifact@",
        digests,
        "configure-aws-credentials@",
        "images -- --load archives --push",
      ],
      "pulumi up",
    ]);
    const given = (job: Fields): unknown =>
      steps(job)
        .filter((step) => textAt(step, "uses") === "./.github/actions/archives")
        .map((step) => at(step, "with", "digests"));
    assert.deepEqual(given(scan), ["${{ needs.build.outputs.digests }}"]);
    assert.deepEqual(given(up), ["${{ inputs.digests }}"]);
    const action = listAt(readYaml(".github/actions/archives/action.yml"), "runs", "steps");
    const check = action.find((step) => textAt(step, "run")?.includes(digests));
    assert.equal(at(check, "env", "DIGESTS"), "${{ inputs.digests }}");
  });
});
