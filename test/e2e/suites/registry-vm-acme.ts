import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { after, before, describe, it } from "node:test";

import { until } from "../../../local/kube/wait.ts";
import { Client } from "../vm/client.ts";
import { whyNot } from "../environment.ts";
import { vmEnvironment } from "../vm/environment.ts";
import { host } from "../vm/names.ts";
import { startPebble, type AcmeServer } from "../vm/pebble.ts";
import { Scene } from "../vm/scene.ts";
import { Undo } from "../vm/undo.ts";
import { htpasswd, user } from "../vm/users.ts";
import { failedUnits, listening, started } from "../vm/vm-state.ts";
import { userData, World } from "../vm/world.ts";

const image = "localhost/e2e-registry-vm:acme";

const skip = whyNot(() => vmEnvironment(process.env));

describe("the registry on a virtual machine, with a certificate by ACME", { skip }, () => {
  const undo = new Undo();
  let world: World;
  let acme: AcmeServer;
  let client: Client;
  let scene: Scene;

  before(async () => {
    world = await World.open(undo, vmEnvironment(process.env).cache);
    acme = await startPebble(undo, world.folder, world.amazon);
    world.aws.zones.publish = acme.publish;
    world.setParameter("htpasswd", await htpasswd(1));
    client = await Client.open(undo, world.folder, [acme.root, world.amazon.certificate]);
    scene = new Scene(world, client);
    await client.build(image, "scratch", { hello: "hello" });
  });
  after(async () => {
    await undo.all();
  });

  it("gets one by itself", async () => {
    const email = "platform@e2e.example.org";
    const data = userData({ kind: "acme", email, directory: acme.directory });
    await scene.boot("machine with ACME", data, [acme.root]);
    const served = new X509Certificate(await scene.vm.run("cat", "/etc/registry/tls/tls.crt"));
    assert.match(served.issuer, /Pebble/);
    assert.equal(await client.push(image, "team/app:1", user("push", 1)), undefined);
    assert.equal(await client.pull("team/app:1", user("pull", 1)), undefined);
    assert.deepEqual(await listening(scene.vm), ["0.0.0.0:443"]);
    assert.deepEqual(await failedUnits(scene.vm), []);
    assert.deepEqual(world.aws.refused, [], "the role's policy lacks what the registry does");
  });

  it("renews it before it ends, and serves the new one without a restart", async () => {
    const first = await client.fingerprint();
    const running = await started(scene.vm);
    // Debian's own unit, for which the certificate is about to end.
    const soon = "1i renew_before_expiry = 365 days";
    await scene.vm.run("sed", "-i", soon, `/etc/letsencrypt/renewal/${host}.conf`);
    await scene.vm.run("systemctl", "start", "certbot.service");
    await until("the new certificate", 10_000, async () => {
      const now = await client.fingerprint();
      return now === first ? { waiting: "the old one is served" } : { done: undefined };
    });
    assert.equal(await scene.health(), 200);
    assert.equal(await started(scene.vm), running);
  });
});
