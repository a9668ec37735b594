import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { after, before, describe, it } from "node:test";

import { until } from "../../../local/kube/wait.ts";
import { Kube } from "../../../local/kube/kube.ts";
import { trustRegistry } from "../node-registry.ts";
import { report } from "../platform.ts";
import { Authority } from "../vm/authority.ts";
import { Client } from "../vm/client.ts";
import { whyNot } from "../environment.ts";
import { vmEnvironment } from "../vm/environment.ts";
import { host } from "../vm/names.ts";
import { ClusterNode } from "../vm/node.ts";
import { pullEndlessly } from "../vm/pull-loop.ts";
import { Scene, words } from "../vm/scene.ts";
import { Undo } from "../vm/undo.ts";
import { htpasswd, user } from "../vm/users.ts";
import { failedUnits, listening, started, state } from "../vm/vm-state.ts";
import { userData, World } from "../vm/world.ts";

const push = user("push", 1);
const pull = user("pull", 1);
const image = "localhost/e2e-registry-vm:app";
const large = "localhost/e2e-registry-vm:large";
const app = "team/app:1";

const skip = whyNot(() => vmEnvironment(process.env));

describe("the registry on a virtual machine", { skip }, () => {
  const undo = new Undo();
  let world: World;
  let ca: Authority;
  let client: Client;
  let node: ClusterNode;
  let scene: Scene;

  before(async () => {
    const environment = vmEnvironment(process.env);
    world = await World.open(undo, environment.cache);
    ca = await Authority.create("e2e stack");
    world.setParameter("htpasswd", await htpasswd(1));
    world.setParameter("ca-certificate", ca.certificate);
    world.setCertificate(await ca.issue([host]));
    const trusted = [ca.certificate, world.amazon.certificate];
    client = await Client.open(undo, world.folder, trusted);
    scene = new Scene(world, client);
    node = await ClusterNode.open(undo, Kube.open(environment.kubeconfig));
    undo.add("containerd's trust", trustRegistry(environment.certsDir, { host, authorities: trusted }));
    await node.logIn(pull);
    await client.build(image, "docker.io/library/debian:bookworm-slim", {
      hello: "hello from the registry\n",
    });
    await client.build(large, "scratch", { noise: randomBytes(16 * 2 ** 20) });
  });
  after(async () => {
    await undo.all();
  });

  it("comes up from its user data alone, with one open port", async () => {
    await scene.boot("first machine", userData({ kind: "private" }));
    assert.deepEqual(await listening(scene.vm), ["0.0.0.0:443"]);
    assert.deepEqual(await failedUnits(scene.vm), []);
    assert.deepEqual(world.aws.refused, [], "the role's policy lacks what the registry does");
  });

  it("lets nobody on the machine read more than it must", async () => {
    const files = ["/etc/registry/htpasswd", "/etc/registry/tls/tls.key"];
    const modes = await scene.vm.run("stat", "--format", "%a %U %G", ...files);
    assert.equal(modes, "640 root www-data\n600 root root\n");
    const log = await scene.vm.run("journalctl", "--no-pager", "--output", "cat");
    for (const secret of ["$2y$", "PRIVATE KEY"]) assert.ok(!log.includes(secret), secret);
  });

  it("takes pushes from who may push alone", async () => {
    assert.equal(await client.push(image, app, push), undefined);
    const asPull = await client.push(image, "team/app:2", pull);
    const asNobody = await client.push(image, "team/app:2");
    const wrong = await client.push(image, "team/app:2", { ...push, password: "wrong" });
    words("push as a user who may pull", asPull ?? "");
    words("push without a login", asNobody ?? "");
    words("push with a wrong password", wrong ?? "");
    assert.match(asPull ?? "", /denied: user pull-1 may pull and not push/);
    assert.match(asNobody ?? "", /authentication required/);
    assert.match(wrong ?? "", /authentication required/);
    const manifest = `/v2/team/app/manifests/`;
    assert.equal((await client.ask(`${manifest}1`, pull)).status, 200);
    assert.equal((await client.ask(`${manifest}2`, pull)).status, 404);
    assert.equal((await client.ask(`${manifest}1`)).status, 401);
  });

  it("gives the cluster images over verified TLS, with a pull secret", async () => {
    assert.deepEqual(await node.run("pulls", app, "Always"), { printed: "hello from the registry\n" });
    const nobody = await node.run("no-secret", app, "Always", false);
    words("a pod without the pull secret", "problem" in nobody ? nobody.problem : "");
    assert.match("problem" in nobody ? nobody.problem : "", /401 Unauthorized|authorization failed/);
    const missing = await node.run("no-tag", "team/app:none", "Always");
    words("a pod with a tag that does not exist", "problem" in missing ? missing.problem : "");
    assert.match("problem" in missing ? missing.problem : "", /team\/app:none.*not found/);
  });

  it("changes nothing when the script runs again", async () => {
    const before = new Set(await state(scene.vm));
    await scene.vm.run("bash", "/var/lib/cloud/instance/scripts/part-001");
    assert.deepEqual(
      (await state(scene.vm)).filter((line) => !before.has(line)),
      [],
    );
  });

  it("takes new passwords within about a minute, without a failed pull", async () => {
    const running = await started(scene.vm);
    const next = user("pull", 2);
    const newest = user("pull", 3);
    const pulls = pullEndlessly(client, "team/app", "1", pull);
    try {
      world.setParameter("htpasswd", await htpasswd(2));
      const begun = performance.now();
      // The server knew the new password before; it is the one after it that shows that the file is there.
      await until("the new users", 90_000, async () => {
        const { status } = await client.ask("/v2/", newest);
        return status === 200 ? { done: undefined } : { waiting: `HTTP ${status}` };
      });
      report(`new users after ${((performance.now() - begun) / 1000).toFixed(0)} s`);
      await pulls.more(10);
      pulls.logIn(next);
      await pulls.more(10);
    } finally {
      report(`${await pulls.end()} pulls meanwhile`);
    }
    assert.equal(await started(scene.vm), running);
    world.setParameter("htpasswd", await htpasswd(3));
    await scene.sync();
    assert.equal(
      (await client.ask("/v2/", pull)).status,
      401,
      "the password before the last one still opens",
    );
    assert.equal((await client.ask("/v2/", next)).status, 200);
    world.setParameter("htpasswd", await htpasswd(1));
    await scene.sync();
  });

  it("keeps its certificate where the new one does not fit its key", async () => {
    const { key } = await ca.issue([host]);
    const { certificate } = await ca.issue([host]);
    world.setCertificate({ certificate, key });
    await assert.rejects(scene.sync());
    assert.equal(await scene.health(), 200);
    world.setCertificate(await ca.issue([host]));
    await scene.sync();
    assert.equal(await scene.health(), 200);
  });

  it("says so where the certificate has expired, and serves again with a new one", async () => {
    const running = await started(scene.vm);
    const second = 1 / 3600;
    world.setCertificate(await ca.issue([host], second));
    await scene.sync();
    await until("the certificate's end", 10_000, async () => {
      return (await scene.health()) === 0 ? { done: undefined } : { waiting: "still valid" };
    });
    try {
      const pushed = await client.push(image, "team/app:expired", push);
      const pod = await node.run("expired", "team/app:1", "Always");
      words("push while the certificate has expired", pushed ?? "");
      words("a pod while the certificate has expired", "problem" in pod ? pod.problem : "");
      assert.match(pushed ?? "", /certificate has expired or is not yet valid/);
      assert.match("problem" in pod ? pod.problem : "", /certificate has expired or is not yet valid/);
      await assert.rejects(scene.vm.run("systemctl", "start", "registry-health"));
      assert.ok((await failedUnits(scene.vm)).includes("registry-health.service"));
    } finally {
      world.setCertificate(await ca.issue([host]));
      await scene.sync();
    }
    await scene.healthy(5000);
    assert.equal(await started(scene.vm), running, "a service started again, which mends no certificate");
    await scene.vm.run("systemctl", "start", "registry-health");
  });

  it("refuses a push that the bucket has no room for, and goes on", async () => {
    await world.store.fill();
    try {
      const pushed = await client.push(large, "team/large:1", push);
      words("push while the bucket is full", pushed ?? "");
      assert.match(pushed ?? "", /blob upload invalid|500 Internal Server Error/);
      assert.equal(await scene.health(), 200);
      assert.equal(await client.pull(app, pull), undefined);
    } finally {
      await world.store.makeRoom();
    }
    assert.equal(await client.push(large, "team/large:1", push), undefined);
  });

  it("is unhealthy while the store is down, and mends itself", async () => {
    await world.store.stop();
    try {
      await until("the registry to be unhealthy", 60_000, async () => {
        const status = await scene.health();
        return status === 503 ? { done: undefined } : { waiting: `HTTP ${status}` };
      });
      words("push while the store is down", (await client.push(image, "team/app:down", push)) ?? "");
      const pod = await node.run("store-down", app, "Always");
      words("a pod while the store is down", "problem" in pod ? pod.problem : "");
      assert.match("problem" in pod ? pod.problem : "", /503 Service Unavailable/);
    } finally {
      await world.store.resume();
    }
    await scene.healthy(60_000);
  });

  it("starts again when it hangs", async () => {
    await scene.vm.run("systemctl", "kill", "--signal", "STOP", "docker-registry");
    await assert.rejects(scene.vm.run("systemctl", "start", "registry-health"));
    await scene.healthy(30_000);
  });

  it("lets a cached image start while it is down, and says why another does not", async () => {
    await scene.vm.destroy();
    assert.deepEqual(await node.run("cached", app, "IfNotPresent"), { printed: "hello from the registry\n" });
    const fresh = await node.run("down", app, "Always");
    words("a pod that must pull while the registry is down", "problem" in fresh ? fresh.problem : "");
    words("push while the registry is down", (await client.push(image, "team/app:down", push)) ?? "");
    assert.match("problem" in fresh ? fresh.problem : "", /connection refused|no route to host|timeout/);
  });

  it("has all images again after the machine was replaced", async () => {
    await scene.boot("second machine", userData({ kind: "private" }));
    assert.equal(await client.pull(app, pull), undefined);
    assert.equal(await client.pull("team/large:1", pull), undefined);
    assert.deepEqual(await node.run("again", app, "Always"), { printed: "hello from the registry\n" });
    assert.deepEqual(world.aws.refused, [], "the role's policy lacks what the registry does");
  });
});
