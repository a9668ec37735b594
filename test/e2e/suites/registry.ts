import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { after, before, describe, it } from "node:test";
import { promisify } from "node:util";

import { rows } from "../../../images/versions.ts";
import { listAt, recordAt, textAt, type Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { application, describeApplication } from "../applications.ts";
import type { Bucket } from "../bucket.ts";
import { e2eEnvironment } from "../environment.ts";
import { resolveNames, trustRegistry } from "../node-registry.ts";
import { ownDockerfile, ownJob, ownOutput } from "../own-image.ts";
import { E2ePlatform, report } from "../platform.ts";
import { RegistryClient, type Credentials } from "../registry-client.ts";
import { nodeAddress, scale, store } from "../rollouts.ts";
import { localJob, team } from "../stack.ts";

const { certsDir, registry: mirror } = e2eEnvironment(process.env);
const name = "registry.e2e.test";
const registry = { kind: "in-cluster", host: name, nodePort: 30500 };
/** No `images`: the platform's own are in the stack's registry. */
const withOwnImages = { registry, images: {} };
const host = `${name}:${registry.nodePort}`;
const run = promisify(execFile);

const skip =
  certsDir === undefined ? "E2E_CERTS_DIR is not set: the node cannot be made to trust the registry" : false;

describe("registry", { skip }, () => {
  let platform: E2ePlatform;
  let bucket: Bucket;
  let client: RegistryClient;
  let distrust: () => void = () => undefined;
  let forget: () => void = () => undefined;
  const folder = mkdtempSync(path.join(tmpdir(), "e2e-outputs-"));

  const pushUser = (): Credentials => userOf(recordAt(platform.outputs["registry"], "push"));
  const pullUser = async (): Promise<Credentials> => {
    const ref = { apiVersion: "v1", kind: "Secret", namespace: team, name: "image-pull" };
    const data = textAt(await platform.kube.read(ref), "data", ".dockerconfigjson") ?? "";
    const config: unknown = JSON.parse(Buffer.from(data, "base64").toString());
    return userOf(recordAt(config, "auths", host));
  };
  const refused = (status: number, words: RegExp) => (error: unknown) => {
    assert.ok(error instanceof Error);
    assert.match(error.message, words);
    report(`refused (${status}): ${error.message.trim().split("\n").at(-1) ?? ""}`);
    return true;
  };
  const ranOn = async (jobName: string, version: number): Promise<void> => {
    const seen = await application(platform.kube, team, jobName, ["COMPLETED"]);
    report(describeApplication(seen));
    const said: unknown = JSON.parse(await bucket.onlyText(ownOutput(jobName)));
    assert.deepEqual(said, { driver: String(version), executor: String(version) });
  };

  before(async () => {
    assert.ok(certsDir);
    platform = await E2ePlatform.open("e2e-registry");
    forget = resolveNames({ [name]: await nodeAddress(platform.kube) });
    // The platform's own images come from elsewhere until they are here.
    await platform.up({}, { registry, images: { registry: mirror } });
    const authority = textAt(platform.outputs["registry"], "certificateAuthority") ?? "";
    client = new RegistryClient(host, authority);
    distrust = trustRegistry(certsDir, { host, authorities: [authority] });
    bucket = await platform.bucket({ namespace: "spark-storage", name: "bucket-setup" });
  });
  after(async () => {
    distrust();
    forget();
    rmSync(folder, { recursive: true, force: true });
    client.close();
    await platform.close();
  });

  it("lets in who knows a password, and nobody else", async () => {
    const push = pushUser();
    const pull = await pullUser();
    assert.equal((await client.ask("GET", "/v2/")).status, 401);
    assert.equal((await client.ask("GET", "/v2/", { ...pull, password: "wrong" })).status, 401);
    assert.equal((await client.ask("GET", "/v2/", pull)).status, 200);
    assert.equal((await client.ask("GET", "/v2/", push)).status, 200);
    assert.equal((await client.ask("POST", "/v2/team/app/blobs/uploads/", push)).status, 202);
    const denied = await client.ask("POST", "/v2/team/app/blobs/uploads/", pull);
    assert.equal(denied.status, 403);
    assert.match(denied.body, /"DENIED","message":"user pull-1 may pull and not push"/);
    const forged = await client.ask("POST", "/v2/team/app/blobs/uploads/", { ...push, password: "wrong" });
    assert.equal(forged.status, 401);
  });

  it("takes the platform's images from `npm run images -- --push`, every row", async () => {
    const outputs = path.join(folder, "outputs.json");
    const pulumi = path.join(folder, "pulumi");
    writeFileSync(outputs, JSON.stringify(platform.outputs), { mode: 0o600 });
    writeFileSync(pulumi, `#!/bin/sh\nexec cat ${outputs}\n`);
    chmodSync(pulumi, 0o755);
    const platformImages = `${host}/spark-platform`;
    const build = new URL("../../../images/build.ts", import.meta.url).pathname;
    const env = { ...process.env, PATH: `${folder}:${process.env["PATH"] ?? ""}` };
    const { stdout } = await run(process.execPath, [build, "--push"], { env, maxBuffer: 2 ** 26 });
    const pushed = stdout.trim().split("\n");
    for (const { spark } of rows)
      assert.ok(
        pushed.some((image) => image.startsWith(`${platformImages}/spark:${spark}-`)),
        stdout,
      );
    assert.ok(
      pushed.some((image) => image.startsWith(`${platformImages}/spark-operator:`)),
      stdout,
    );
  });

  it("takes an image of a user's own, built on one of the platform's, from who may push", async () => {
    const base = `${host}/spark-platform/${(textAt(platform.outputs["sparkImages"], "4.0.4") ?? "").split("/").at(-1) ?? ""}`;
    const pull = await pullUser();
    for (const version of [1, 2])
      await client.build(`team/app:${version}`, ownDockerfile(base, version), pull);
    await assert.rejects(client.push("team/app:1", pull), refused(403, /denied/i));
    await assert.rejects(client.push("team/app:1"), refused(401, /authentication required|unauthorized/i));
    const wrong = { ...pushUser(), password: "wrong" };
    await assert.rejects(client.push("team/app:1", wrong), refused(401, /authentication|unauthorized/i));
    await client.push("team/app:1", pushUser());
    await client.push("team/app:2", pushUser());
  });

  it("serves the operator and jobs: those on the platform's images and those on a user's own", async () => {
    const jobs = { "word-count": localJob("word-count"), "own-image": ownJob("own-image", "team/app:1") };
    await platform.up(jobs, withOwnImages);
    const operator = { apiVersion: "apps/v1", kind: "Deployment", namespace: "spark-operator" };
    const controller = await platform.kube.read({ ...operator, name: "spark-operator-controller" });
    const [container] = listAt(controller, "spec", "template", "spec", "containers");
    assert.ok(textAt(container, "image")?.startsWith(`${host}/spark-platform/`));
    await ranOn("own-image", 1);
    report(describeApplication(await application(platform.kube, team, "word-count", ["COMPLETED"])));
  });

  it("changes a password without a moment in which a pull fails", async () => {
    const old = await pullUser();
    const manifest = "/v2/team/app/manifests/2";
    const seen: (number | string)[] = [];
    const done = new AbortController();
    const pull = (user: Credentials): Promise<number | string> =>
      client.ask("GET", manifest, user).then(({ status }) => status, String);
    const pulling = (async () => {
      while (!done.signal.aborted) {
        // Whoever pulls takes the password that the cluster has at that moment, or still has the old one.
        for (const user of [await pullUser(), old]) seen.push(await pull(user));
      }
    })();
    try {
      const rotated = { ...registry, passwords: { pull: 2, push: 2 } };
      await platform.up(
        { rotated: ownJob("rotated", "team/app:2") },
        { ...withOwnImages, registry: rotated },
      );
      await ranOn("rotated", 2);
    } finally {
      done.abort();
      await pulling;
    }
    report(`${seen.length} pulls while the passwords changed`);
    assert.ok(seen.length > 20);
    assert.deepEqual([...new Set(seen)], [200]);
    assert.equal((await pullUser()).username, "pull-2");
    assert.notEqual((await pullUser()).password, old.password);
    assert.equal(pushUser().username, "push-2");
    await client.push("team/app:2", pushUser());
  });

  it("holds nothing in its pod: a new one has the same images", async () => {
    const pods = await platform.kube.list("v1", "Pod", { namespace: "spark-registry" });
    for (const pod of pods) {
      const podName = textAt(pod, "metadata", "name") ?? "";
      await platform.kube.remove({
        apiVersion: "v1",
        kind: "Pod",
        namespace: "spark-registry",
        name: podName,
      });
    }
    const user = await pullUser();
    await answers("/v2/team/app/manifests/1", user, 200);
  });

  it("names the image that a job cannot get, where somebody looks for the reason", async () => {
    const image = `${host}/team/app:missing`;
    await platform.up({ missing: ownJob("missing", "team/app:missing") }, withOwnImages);
    const message = await until("the driver's pod to say why it waits", 180_000, async () => {
      const pods = await platform.kube.list("v1", "Pod", { namespace: team });
      const pod = pods.find((each) => textAt(each, "metadata", "name") === "missing-driver");
      const [container] = listAt(pod, "status", "containerStatuses");
      const why = textAt(container, "state", "waiting", "message");
      return why?.includes(image) === true ? { done: why } : { waiting: why ?? "no pod" };
    });
    report(message);
    assert.match(message, /not found/);
  });

  it("says that it is unwell while the store is down, and is well again by itself", async () => {
    const user = await pullUser();
    await scale(platform.kube, store, 0);
    const seen = await until("the registry to leave the service", 120_000, async () => {
      const slices = await platform.kube.list("discovery.k8s.io/v1", "EndpointSlice", {
        namespace: "spark-registry",
      });
      const ready = slices.flatMap((slice) => listAt(slice, "endpoints")).map(isReady);
      return ready.includes(true) ? { waiting: "it is ready" } : { done: ready };
    });
    assert.ok(seen.length > 0);
    await scale(platform.kube, store, 1);
    await answers("/v2/team/app/manifests/1", user, 200);
  });

  const answers = (requestPath: string, user: Credentials, status: number): Promise<undefined> =>
    until(`${requestPath} to answer ${status}`, 120_000, async () => {
      try {
        const answer = await client.ask("GET", requestPath, user);
        return answer.status === status ? { done: undefined } : { waiting: `HTTP ${answer.status}` };
      } catch (error) {
        return { waiting: String(error) };
      }
    });
});

function userOf(fields: Fields): Credentials {
  return { username: String(fields["username"]), password: String(fields["password"]) };
}

function isReady(endpoint: unknown): boolean {
  return recordAt(endpoint, "conditions")["ready"] === true;
}
