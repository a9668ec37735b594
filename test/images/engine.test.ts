import assert from "node:assert/strict";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { buildah, chooseEngine, docker } from "../../images/engine.ts";

const root = await mkdtemp(join(tmpdir(), "engine-"));
after(() => rm(root, { recursive: true }));

let bin: string;
let env: NodeJS.ProcessEnv;
beforeEach(async () => {
  bin = await mkdtemp(join(root, "bin-"));
  env = { PATH: bin };
});

/** Puts a program of that name on PATH; it writes down its arguments, then runs `body` (POSIX shell). */
async function fake(name: string, body: string): Promise<void> {
  const file = join(bin, name);
  await writeFile(
    file,
    `#!/bin/sh\nfor a; do printf '<%s>' "$a"; done >>"${bin}/log"; echo >>"${bin}/log"\n${body}\n`,
  );
  await chmod(file, 0o755);
}

const calls = async (): Promise<string[]> => (await readFile(join(bin, "log"), "utf8")).trimEnd().split("\n");

describe("chooseEngine", () => {
  it("takes docker where its engine answers", async () => {
    await fake("docker", "echo 27.0.1");
    await fake("buildah", "echo buildah version 1");
    assert.equal((await chooseEngine(undefined, { env })).name, "docker");
    assert.deepEqual(await calls(), ["<info><--format><{{.ServerVersion}}>"]);
  });

  it("takes buildah where docker is a client without an engine", async () => {
    await fake("docker", "echo 0; echo Cannot connect >&2; exit 1");
    await fake("buildah", "echo buildah version 1");
    assert.equal((await chooseEngine(undefined, { env })).name, "buildah");
  });

  it("takes buildah where docker ends well but names no server", async () => {
    await fake("docker", "echo; echo Cannot connect >&2");
    await fake("buildah", "echo buildah version 1");
    assert.equal((await chooseEngine(undefined, { env })).name, "buildah");
  });

  it("takes buildah where it alone is there", async () => {
    await fake("buildah", "echo buildah version 1");
    assert.equal((await chooseEngine(undefined, { env })).name, "buildah");
  });

  it("takes the one that was asked for, and no other", async () => {
    await fake("docker", "echo 27.0.1");
    await fake("buildah", "echo buildah version 1");
    assert.equal((await chooseEngine("buildah", { env })).name, "buildah");
    await rm(join(bin, "docker"));
    await assert.rejects(chooseEngine("docker", { env }), /^UserError: .*: docker is not on PATH\. Install/);
  });

  it("says why none works", async () => {
    await assert.rejects(
      chooseEngine(undefined, { env }),
      /^UserError: No engine to build images with: docker is not on PATH; buildah is not on PATH\. Install buildah, or start docker\.$/,
    );
    await fake("docker", "echo first >&2; echo Cannot connect to the daemon >&2; exit 1");
    await fake("buildah", "echo no fuse >&2; exit 125");
    await assert.rejects(
      chooseEngine(undefined, { env }),
      /its engine does not answer \(Cannot connect to the daemon\); buildah does not run \(no fuse\)/,
    );
  });
});

const dockerJson = JSON.stringify([{ Id: "sha256:ab", Config: { Labels: { a: "b" } }, More: 1 }]);
const buildahJson = JSON.stringify({ FromImageID: "ab", OCIv1: { config: { Labels: { a: "b" } }, more: 1 } });

describe("inspect", () => {
  it("reads docker's answer", async () => {
    await fake("docker", `echo '${dockerJson}'`);
    assert.deepEqual(await docker({ env }).inspect("r/i:t"), { id: "sha256:ab", labels: { a: "b" } });
    assert.deepEqual(await calls(), ["<image><inspect><r/i:t>"]);
  });

  it("reads buildah's answer", async () => {
    await fake("buildah", `echo '${buildahJson}'`);
    assert.deepEqual(await buildah({ env }).inspect("r/i:t"), { id: "ab", labels: { a: "b" } });
    assert.deepEqual(await calls(), ["<inspect><--type><image><r/i:t>"]);
  });

  it("takes images without labels", async () => {
    await fake("docker", `echo '[{"Id":"x","Config":{"Labels":null}}]'`);
    assert.deepEqual(await docker({ env }).inspect("i"), { id: "x", labels: {} });
    await fake("buildah", `echo '{"FromImageID":"x","OCIv1":{"config":{}}}'`);
    assert.deepEqual(await buildah({ env }).inspect("i"), { id: "x", labels: {} });
  });

  // The words are those of docker 27 and buildah 1.28.
  it("knows an image that is not there from an engine that fails", async () => {
    await fake("docker", "echo '[]'; echo 'Error response from daemon: No such image: i:t' >&2; exit 1");
    assert.equal(await docker({ env }).inspect("i:t"), undefined);
    await fake("buildah", "echo 'Error: importing settings: i:t: image not known' >&2; exit 125");
    assert.equal(await buildah({ env }).inspect("i:t"), undefined);
    await fake("buildah", "echo 'Error: kernel does not support overlay fs' >&2; exit 125");
    await assert.rejects(
      buildah({ env }).inspect("i:t"),
      /^UserError: buildah cannot look at its images: Error: kernel does not support overlay fs$/,
    );
  });
});

describe("trust in a registry's own authority", () => {
  const host = "r.example:30500";

  it("is the reader's to give to docker's engine, once", async () => {
    const [authority, certificates] = [join(bin, "ours"), join(bin, "certs.d")];
    await mkdir(authority);
    await writeFile(join(authority, "ca.crt"), "PEM\n");
    const engine = docker({ env }, certificates);
    const advice = `install -D -m 644 ${authority}/ca.crt ${certificates}/${host}/ca.crt`;
    const access = { host, credentials: "/c", authority };
    assert.ok((await engine.trustAdvice(access))?.includes(advice));
    await mkdir(join(certificates, host), { recursive: true });
    await writeFile(join(certificates, host, "ca.crt"), "another PEM");
    assert.ok((await engine.trustAdvice(access))?.includes(advice));
    await writeFile(join(certificates, host, "ca.crt"), "PEM");
    assert.equal(await engine.trustAdvice(access), undefined);
    assert.equal(await docker({ env }, "/nowhere").trustAdvice({ host, credentials: "/c" }), undefined);
  });

  it("is given to buildah with each push", async () => {
    const access = { host, credentials: "/c", authority: "/nowhere" };
    assert.equal(await buildah({ env }).trustAdvice(access), undefined);
  });
});

describe("build and push", () => {
  const digest = `sha256:${"0123456789abcdef".repeat(4)}`;
  /** Shell of a docker that has pushed to these repositories, and of a buildah. */
  const pushes = {
    docker: (...repositories: string[]): string =>
      `[ "$1" != image ] || echo '${JSON.stringify([{ RepoDigests: repositories.map((name) => `${name}@${digest}`) }])}'`,
    buildah: `for a; do case $a in --digestfile=*) printf '${digest}' >"\${a#*=}";; esac; done`,
  };
  const untold = (line: string): string => line.replace(/<--digestfile=[^>]*>/, "<--digestfile=…>");
  const options = { context: "/c d", reference: "r/i:t", buildArgs: { A: "1 2", B: "$x" } };

  it("hand everything over as separate arguments", async () => {
    await fake("docker", pushes.docker("r.example/i"));
    await docker({ env }).build(options);
    await docker({ env }).push("l/i:t", "r.example/i:t");
    await docker({ env }).pull("b:1");
    assert.deepEqual(await calls(), [
      "<build><--build-arg><A=1 2><--build-arg><B=$x><--tag><r/i:t></c d>",
      "<tag><l/i:t><r.example/i:t>",
      "<push><r.example/i:t>",
      "<image><inspect><r.example/i:t>",
      "<pull><b:1>",
    ]);
  });

  it("make layers with buildah, and speak plain HTTP to this machine only", async () => {
    await fake("buildah", pushes.buildah);
    await buildah({ env }).build(options);
    await buildah({ env }).push("l/i:t", "r.example/i:t");
    await buildah({ env }).push("127.0.0.1:5001/i:t", "127.0.0.1:5001/i:t");
    assert.deepEqual((await calls()).map(untold), [
      "<build><--layers><--force-rm><--timestamp><0><--build-arg><A=1 2><--build-arg><B=$x><--tag><r/i:t></c d>",
      "<tag><l/i:t><r.example/i:t>",
      "<push><--tls-verify=true><--digestfile=…><r.example/i:t>",
      "<push><--tls-verify=false><--digestfile=…><127.0.0.1:5001/i:t>",
    ]);
  });

  it("save an image under its name, and take it again", async () => {
    await fake("docker", "");
    await docker({ env }).save("l/i:t", "a b.tar");
    await docker({ env }).load("a b.tar");
    await fake("buildah", "");
    await buildah({ env }).save("l/i:t", "a b.tar");
    await buildah({ env }).load("a b.tar");
    assert.deepEqual(await calls(), [
      "<save><--output><a b.tar><l/i:t>",
      "<load><--input><a b.tar>",
      "<push><l/i:t><docker-archive:a b.tar:l/i:t>",
      "<pull><docker-archive:a b.tar>",
    ]);
  });

  it("push with the credentials of one run, which are in no argument", async () => {
    const access = { host: "r.example:30500", credentials: "/tmp/c", authority: "/ca" };
    await fake(
      "docker",
      `[ "$1" != context ] || echo "unix:///desktop.sock"\necho "$DOCKER_CONFIG $DOCKER_HOST" >>"${bin}/log"\n${pushes.docker("i")}`,
    );
    await docker({ env }).push("i:t", "i:t", access);
    await fake("buildah", pushes.buildah);
    await buildah({ env }).push("i:t", "i:t", access);
    await buildah({ env }).push("127.0.0.1:30500/i:t", "127.0.0.1:30500/i:t", access);
    const { host, credentials } = access;
    await buildah({ env }).push("i:t", "i:t", { host, credentials });
    assert.deepEqual((await calls()).map(untold), [
      "<context><inspect><--format><{{.Endpoints.docker.Host}}>",
      " ",
      "<push><i:t>",
      "/tmp/c unix:///desktop.sock",
      "<image><inspect><i:t>",
      " ",
      "<push><--tls-verify=true><--digestfile=…><--authfile></tmp/c/config.json><--cert-dir></ca><i:t>",
      "<push><--tls-verify=true><--digestfile=…><--authfile></tmp/c/config.json><--cert-dir></ca><127.0.0.1:30500/i:t>",
      "<push><--tls-verify=true><--digestfile=…><--authfile></tmp/c/config.json><i:t>",
    ]);
  });

  it("leave docker's engine where it is when docker does not say where", async () => {
    await fake(
      "docker",
      `[ "$1" != context ] || exit 1\necho "$DOCKER_HOST" >>"${bin}/log"\n${pushes.docker("i")}`,
    );
    await docker({ env: { ...env, DOCKER_HOST: "tcp://d" } }).push("i:t", "i:t", {
      host: "r",
      credentials: "/c",
    });
    assert.deepEqual((await calls()).slice(1, 3), ["<push><i:t>", "tcp://d"]);
  });

  it("tell the digest that the registry has given, and end where there is none", async () => {
    await fake("docker", pushes.docker("other.example/i", "r.example:5000/i"));
    assert.equal(await docker({ env }).push("i:t", "r.example:5000/i:t"), digest);
    await assert.rejects(
      docker({ env }).push("i:t", "third.example/i:t"),
      /^UserError: third\.example\/i:t was pushed, but its digest cannot be told\.$/,
    );
    await fake("buildah", pushes.buildah);
    assert.equal(await buildah({ env }).push("i:t", "r.example/i:t"), digest);
    await fake("buildah", "");
    await assert.rejects(buildah({ env }).push("i:t", "r.example/i:t"), /digest cannot be told/);
  });

  it("end with the engine's exit code", async () => {
    await fake("buildah", "exit 3");
    await assert.rejects(buildah({ env }).build(options), {
      name: "UserError",
      message: "buildah build ended with exit code 3; its own message is above.",
    });
  });

  it("are ended by an interruption", { timeout: 5000 }, async () => {
    await fake("buildah", "exec /bin/sleep 60");
    const running = buildah({ env, signal: AbortSignal.timeout(100) }).build(options);
    await assert.rejects(running, { name: "AbortError" });
  });
});
