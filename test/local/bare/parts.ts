import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, it } from "node:test";

import {
  cniConfig,
  containerdConfig,
  dnsConfig,
  kubeletConfig,
} from "../../../local/cluster/bare/configs.ts";
import { hashOf, untilAnswers } from "../../../local/cluster/bare/daemon.ts";
import { ports, stateFolder } from "../../../local/cluster/bare/facts.ts";
import { controlPlane, mirror, nodeParts } from "../../../local/cluster/bare/node.ts";
import { listAt, parseJson, textAt } from "../../../local/kube/json.ts";

const parts = [...controlPlane(), mirror("/bin/registry"), ...nodeParts()];

describe("the parts of the bare node", () => {
  it("have names and ports of their own", () => {
    assert.equal(new Set(parts.map(({ name }) => name)).size, parts.length);
    assert.equal(new Set(Object.values(ports)).size, Object.values(ports).length);
  });

  it("are started anew when an argument or a file of theirs changes", () => {
    const [part] = parts;
    assert.ok(part !== undefined);
    const hashes = [part, { ...part, args: ["--other"] }, { ...part, files: { "/a": "b" } }].map(hashOf);
    assert.equal(new Set(hashes).size, 3);
    assert.equal(hashOf({ ...part }), hashes[0]);
  });

  it("write their files below the node's folder alone", () => {
    for (const { name, files = {} } of parts)
      for (const path of Object.keys(files))
        assert.ok(path.startsWith(`${stateFolder}/`), `${name}: ${path}`);
  });

  it("keep nothing where another containerd or kubelet of the machine would look", () => {
    assert.doesNotMatch(containerdConfig, /"\/(opt|run\/containerd|var\/lib\/containerd)/);
    assert.match(containerdConfig, /netns_mounts_under_state_dir = true/);
    assert.equal(textAt(parseJson(kubeletConfig), "cgroupRoot"), "/spark-platform-local");
  });

  it("have a pod's network without plug-ins that leave rules behind", () => {
    const plugins = listAt(parseJson(cniConfig), "plugins").map((one) => textAt(one, "type"));
    assert.deepEqual(plugins, ["bridge", "loopback"]);
    assert.doesNotMatch(cniConfig, /ipMasq/);
  });

  it("have a name server with the plug-ins that it was compiled with", () => {
    const source = new URL("../../../local/cluster/bare/go/coredns/main.go", import.meta.url);
    const compiled = new Set(
      [...readFileSync(source, "utf8").matchAll(/plugin\/(\w+)"/g)].map(([, name]) => name ?? ""),
    );
    const used = [...dnsConfig.matchAll(/^ {2}(\w+)/gm)].map(([, name]) => name ?? "");
    assert.deepEqual(used.toSorted(), [...compiled].toSorted());
  });
});

describe("a part that comes up", () => {
  const part = (answers: () => Promise<unknown>): Parameters<typeof untilAnswers>[0] => ({
    name: "no-such-part",
    command: "/nowhere",
    args: [],
    answers,
  });
  const silent = (): Promise<never> => Promise.reject(new Error("connection refused"));
  const { signal } = new AbortController();

  it("is waited for as long as it is there", async () => {
    let asked = 0;
    const second = (): Promise<unknown> => (++asked < 2 ? silent() : Promise.resolve());
    await untilAnswers(part(second), () => false, signal);
    assert.equal(asked, 2);
  });

  it("is told of by its name when it has ended", async () => {
    await assert.rejects(
      untilAnswers(part(silent), () => true, signal),
      /no-such-part ended/,
    );
  });
});
