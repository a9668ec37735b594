import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { missingPackages, packages } from "../../../local/cluster/bare/packages.ts";
import { goVersion, isNewEnough, proxyOf } from "../../../local/cluster/bare/toolchain.ts";
import { folderOf, goEnvironment, linkerFlags, tools, toolPath } from "../../../local/cluster/bare/tools.ts";

const sources = fileURLToPath(new URL("../../../local/cluster/bare/go", import.meta.url));
const goMod = (module: string): string => readFileSync(join(sources, module, "go.mod"), "utf8");

describe("the bare node's programs", () => {
  it("have another place for each content of their module", () => {
    const folder = mkdtempSync(join(tmpdir(), "spark-platform-go-"));
    try {
      cpSync(sources, folder, { recursive: true });
      const places = tools.map((tool) => folderOf(tool, folder));
      assert.equal(new Set(places).size, tools.length);
      assert.deepEqual(
        places,
        tools.map((tool) => folderOf(tool)),
      );
      const [first] = tools;
      assert.ok(first !== undefined);
      writeFileSync(join(folder, first.module, "go.sum"), "other");
      assert.notEqual(folderOf(first, folder), places[0]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("are each of one module", () => {
    for (const name of [
      "kubelet",
      "kubectl",
      "etcd",
      "coredns",
      "helm",
      "spark-operator",
      "dex",
      "oauth2-proxy",
    ]) {
      assert.match(toolPath(name), new RegExp(`/${name}$`));
    }
    assert.throws(() => toolPath("dockerd"), /no module builds dockerd/);
  });

  it("say the version of Kubernetes, and those of other modules none", () => {
    const version = "v1.34.3";
    assert.match(
      linkerFlags(goMod("kubernetes")),
      new RegExp(`gitVersion=${version} .*gitMajor=1 .*gitMinor=34 `),
    );
    assert.equal(linkerFlags(goMod("dex")), "-s -w");
  });

  it("are compiled by a Go that no module finds too old, with caches that one folder holds", () => {
    const wanted = tools.map(({ module }) => /^go (\d+\.\d+)/m.exec(goMod(module))?.[1] ?? "");
    for (const version of wanted) {
      const [major = 0, minor = 0] = version.split(".").map(Number);
      const [ownMajor = 0, ownMinor = 0] = goVersion.split(".").map(Number);
      assert.ok(ownMajor > major || (ownMajor === major && ownMinor >= minor), version);
    }
    assert.match(goEnvironment({})["GOCACHE"] ?? "", /^\/var\/cache\/spark-platform-local\//);
    assert.equal(goEnvironment({ GOCACHE: "/elsewhere" })["GOCACHE"], "/elsewhere");
  });

  it("are compiled by the machine's own Go only where it is new enough", () => {
    assert.equal(isNewEnough(`go version go${goVersion} linux/amd64`), true);
    assert.equal(isNewEnough("go version go1.100.1 linux/amd64"), true);
    assert.equal(isNewEnough("go version go1.19.8 linux/amd64"), false);
    assert.equal(isNewEnough("no Go"), false);
  });

  it("come of the proxy that GOPROXY names first", () => {
    assert.equal(proxyOf("https://proxy.example.org/,direct"), "https://proxy.example.org");
    assert.equal(proxyOf("off|http://second.example.org"), "http://second.example.org");
    assert.equal(proxyOf(undefined), "https://proxy.golang.org");
  });
});

describe("Debian's packages", () => {
  it("are missing where they are not installed, whatever else dpkg knows of them", () => {
    const listed = packages.map((name) => `${name} ${name === "runc" ? "config-files" : "installed"}`);
    assert.deepEqual(missingPackages(listed.join("\n")), ["runc"]);
    assert.deepEqual(missingPackages(""), packages);
  });
});
