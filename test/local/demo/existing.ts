import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, beforeEach, describe, it } from "node:test";

import { existingCluster, type ExistingOptions } from "../../../local/cluster/existing.ts";
import { openKubeconfig } from "../../../local/cluster/kubeconfig.ts";

const folder = mkdtempSync(join(tmpdir(), "demo-existing-"));
const kubeconfig = join(folder, "kubeconfig");

/** What the API server answers, by path. */
let answers: Map<string, unknown>;
const ready = { metadata: { name: "n" }, status: { conditions: [{ type: "Ready", status: "True" }] } };
beforeEach(() => {
  const resources = (...kinds: readonly string[]): unknown => ({
    resources: kinds.map((kind) => ({ kind, name: `${kind.toLowerCase()}s`, namespaced: false })),
  });
  answers = new Map<string, unknown>([
    ["/api/v1", resources("Node", "Namespace", "PersistentVolume")],
    ["/api/v1/nodes", { items: [ready] }],
    [
      "/apis/storage.k8s.io/v1",
      { resources: [{ kind: "StorageClass", name: "storageclasses", namespaced: false }] },
    ],
    [
      "/apis/storage.k8s.io/v1/storageclasses",
      { items: [{ metadata: { annotations: { "storageclass.kubernetes.io/is-default-class": "true" } } }] },
    ],
    ["/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { status: { allowed: true } }],
    ["/apis/rbac.authorization.k8s.io/v1", resources("ClusterRole", "ClusterRoleBinding")],
    [
      "/apis/admissionregistration.k8s.io/v1",
      resources("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"),
    ],
    ["/apis/apiextensions.k8s.io/v1", resources("CustomResourceDefinition")],
  ]);
});

let server: Server;
before(async () => {
  const [key, cert] = [join(folder, "key"), join(folder, "cert")];
  const subject = ["-nodes", "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"];
  const files = ["-keyout", key, "-out", cert, "-days", "1"];
  execFileSync("openssl", ["req", "-x509", "-newkey", "rsa:2048", ...subject, ...files], { stdio: "ignore" });
  server = createServer({ key: readFileSync(key), cert: readFileSync(cert) }, (request, response) => {
    const found = answers.get(new URL(request.url ?? "", "https://x").pathname) ?? { items: [] };
    response.setHeader("content-type", "application/json");
    response.statusCode = found instanceof Error ? 403 : 200;
    response.end(JSON.stringify(found instanceof Error ? { message: found.message } : found));
  });
  await new Promise<void>((resolve) => {
    server.listen(0, "127.0.0.1", resolve);
  });
});
after(() => {
  server.close();
  server.closeAllConnections();
  rmSync(folder, { recursive: true });
});

const url = (): string => {
  const address = server.address();
  return `https://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
};

/** A kubeconfig, as kubectl also takes it. */
function write(options: { readonly server?: string; readonly current?: string } = {}): void {
  const cluster = { server: options.server ?? url(), "certificate-authority": join(folder, "cert") };
  const content = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": options.current ?? "one",
    clusters: [{ name: "c", cluster }],
    users: [{ name: "u", user: { token: "t" } }],
    contexts: ["one", "two"].map((name) => ({ name, context: { cluster: "c", user: "u" } })),
  };
  writeFileSync(kubeconfig, JSON.stringify(content));
}

const options = (more: Partial<ExistingOptions> = {}): ExistingOptions => ({
  kubeconfig,
  registry: "r.example/p",
  folder: join(folder, "state"),
  before: { deployed: true },
  ...more,
});
const problems = (more: Partial<ExistingOptions> = {}): Promise<readonly string[]> =>
  existingCluster(options(more)).problems();

describe("a cluster that exists", () => {
  it("is taken where it answers, is empty and may be filled", async () => {
    write();
    assert.deepEqual(await problems({ before: undefined }), []);
    const running = await existingCluster(options()).up(() => undefined, new AbortController().signal);
    assert.deepEqual([running.kubeconfig, running.nodePortsHere], [kubeconfig, false]);
    assert.deepEqual(running.volume("store", "5Gi"), { kind: "claim", size: "5Gi" });
  });

  it("is not, with one message for each defect of the kubeconfig", async () => {
    const one = async (message: RegExp, more: Partial<ExistingOptions> = {}): Promise<void> => {
      const [first = "", ...rest] = await problems(more);
      assert.match(first, message);
      assert.deepEqual(rest, []);
    };
    await one(/nowhere cannot be read: ENOENT/, { kubeconfig: join(folder, "nowhere") });
    writeFileSync(kubeconfig, "{ no: [yaml");
    await one(/kubeconfig is no kubeconfig: /);
    writeFileSync(kubeconfig, "some: thing");
    await one(/kubeconfig (is no kubeconfig|has no context)/);
    write({ current: "" });
    await one(/no current context; there are: one, two: give one as --context/);
    write();
    await one(/no context "three"; there are: one, two/, { context: "three" });
    write({ server: "https://127.0.0.1:9" });
    await one(/kubeconfig, context one: the cluster at https:\/\/127\.0\.0\.1:9 does not answer/);
    write();
    answers.set("/api/v1", new Error("Unauthorized"));
    await one(/kubeconfig, context one: Unauthorized/);
  });

  it("is not, with all that is wrong with it at once", async () => {
    write();
    answers.set("/apis/authorization.k8s.io/v1/selfsubjectaccessreviews", { status: { allowed: false } });
    answers.set("/api/v1/nodes", { items: [] });
    answers.set("/apis/storage.k8s.io/v1/storageclasses", { items: [] });
    answers.set("/api/v1/namespaces", { items: [{ metadata: { name: "spark-operator" } }] });
    const found = await problems({ before: undefined });
    assert.equal(found.length, 4);
    assert.match(
      found.join("\n"),
      /rights of cluster-admin\n.*no node.*\n.*no default storage class.*--node-path.*\n.*not this demo's: Namespace spark-operator/,
    );
    assert.equal((await problems({ nodePath: "/n" })).length, 2);
  });

  it("is the one of the named context, by a kubeconfig that nobody else reads", async () => {
    write();
    const { path } = await openKubeconfig({ ...options(), context: "two" });
    assert.notEqual(path, kubeconfig);
    assert.equal(statSync(path).mode & 0o777, 0o600);
    assert.match(readFileSync(path, "utf8"), /"current-context": ?"two"/);
    assert.equal((await openKubeconfig({ ...options(), context: "one" })).path, kubeconfig);
  });

  it("keeps volumes in folders of its node, which go with the demo", async () => {
    write();
    const nodePath = join(folder, "volumes");
    const cluster = existingCluster(options({ nodePath }));
    const running = await cluster.up(() => undefined, new AbortController().signal);
    const volume = running.volume("store", "5Gi");
    assert.ok(statSync(String(volume["path"])).isDirectory());
    await cluster.down(() => undefined);
    assert.throws(() => statSync(String(volume["path"])), /ENOENT/);
  });
});
