import assert from "node:assert/strict";
import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { readStackRegistry, type StackRegistry } from "../../images/stack-registry.ts";

const root = await mkdtemp(join(tmpdir(), "stack-registry-"));
after(() => rm(root, { recursive: true }));

let bin: string;
beforeEach(async () => {
  bin = await mkdtemp(join(root, "bin-"));
});

/** Puts a pulumi on PATH that answers with these outputs, or that does as this shell line says. */
async function pulumi(answer: unknown): Promise<void> {
  const file = join(bin, "pulumi");
  const body = typeof answer === "string" ? answer : `printf %s '${JSON.stringify(answer)}'`;
  await writeFile(file, `#!/bin/sh\necho "$@" >"${bin}/call"\n${body}\n`);
  await chmod(file, 0o755);
}
const read = (stack?: string): Promise<StackRegistry> =>
  readStackRegistry(stack, "/project", { env: { PATH: bin } });

const pem = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
const push = { username: "push-1", password: "push-password" };
const registry = {
  platformImages: "registry.test:30500/team/platform",
  host: "registry.test:30500",
  certificateAuthority: pem,
  push,
};

describe("the stack's registry", () => {
  it("is what the outputs say, with their secrets", async () => {
    await pulumi({ bucket: "spark", registry });
    const { push: user, ...rest } = registry;
    assert.deepEqual(await read(), { ...rest, ...user });
    const call = async (): Promise<string> => (await readFile(join(bin, "call"), "utf8")).trim();
    assert.equal(await call(), "stack output --json --show-secrets --cwd /project");
    await read("prod");
    assert.equal(await call(), "stack output --json --show-secrets --cwd /project --stack prod");
  });

  it("takes images that the platform still has from elsewhere into its own folder", async () => {
    for (const platformImages of ["quay.test/spark", "registry.test:30500.evil.test/spark"]) {
      await pulumi({ registry: { ...registry, platformImages } });
      assert.equal((await read()).platformImages, "registry.test:30500/spark-platform");
    }
  });

  it("may have a certificate that everybody trusts", async () => {
    await pulumi({ registry: { ...registry, certificateAuthority: undefined } });
    assert.equal((await read()).certificateAuthority, undefined);
  });

  const none = { platformImages: "localhost/spark-platform" };
  const wrong: readonly (readonly [why: string, answer: unknown, message: RegExp])[] = [
    ["no registry", { registry: none }, /^the selected stack has no registry: .*`--push-to REGISTRY`/],
    [
      "nobody to push",
      { registry: { ...registry, push: undefined } },
      /who may push to registry\.test:30500: set/,
    ],
    ["nothing deployed", {}, /no such outputs as `pulumi up` writes \(registry\): run it first\.$/],
    ["hidden secrets", { registry: "[secret]" }, /no such outputs .*\(registry\)/],
    [
      "no password",
      { registry: { ...registry, push: { username: "push-1" } } },
      /\(registry\.push\.password\)/,
    ],
    ["a URL for a host", { registry: { ...registry, host: "https://r" } }, /\(registry\.host\)/],
    [
      "no PEM",
      { registry: { ...registry, certificateAuthority: "/ca" } },
      /\(registry\.certificateAuthority\)/,
    ],
    ["no JSON", `echo push-password`, /has no such outputs as `pulumi up` writes \(no JSON\): run/],
    [
      "no stack",
      `echo "error: no stack selected" >&2; exit 1`,
      /: error: no stack selected\. Name another.*--stack/,
    ],
  ];
  for (const [why, answer, message] of wrong) {
    it(`says what is missing: ${why}`, async () => {
      await pulumi(answer);
      await assert.rejects(read(), (error) => {
        assert.ok(error instanceof Error);
        assert.equal(error.name, "UserError");
        assert.match(error.message, message);
        assert.doesNotMatch(error.message, /push-password/);
        return true;
      });
    });
  }

  it("says which stack it means, and what to do without pulumi", async () => {
    await pulumi({ registry: none });
    await assert.rejects(read("prod"), /^UserError: stack prod has no registry/);
    await rm(join(bin, "pulumi"));
    await assert.rejects(read(), /^UserError: pulumi is not on PATH\. `--push-to REGISTRY`/);
  });
});
