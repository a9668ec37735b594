import assert from "node:assert/strict";
import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { places } from "../../../local/demo/places.ts";
import { Kube } from "../../../local/kube/kube.ts";
import { leftovers } from "../../../local/kube/leftovers.ts";
import { textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { commands, readDocument } from "../../docs/documents.ts";
import { TestBrowser } from "../browser.ts";
import { e2eEnvironment } from "../environment.ts";
import { report } from "../platform.ts";
import { terminalPicture } from "../terminal-picture.ts";

const main = fileURLToPath(new URL("../../../local/demo/main.ts", import.meta.url));
const readme = readDocument("README.md");
/** The README's commands: up, and away. */
const [up = "", away = ""] = commands(readme).filter((command) => command.startsWith("npm run demo"));

interface Ended {
  readonly code: number | null;
  readonly said: string;
  readonly seconds: number;
}

interface Running {
  readonly child: ChildProcess;
  readonly ended: Promise<Ended>;
}

describe("the demo", () => {
  const { kubeconfig, registry, nodePath, chart, screenshots } = e2eEnvironment(process.env);
  const kube = Kube.open(kubeconfig);
  const args = [
    ...["--kubeconfig", kubeconfig, "--registry", registry],
    ...(nodePath === undefined ? [] : ["--node-path", nodePath]),
    ...(chart === undefined ? [] : ["--chart", chart]),
  ];

  before(async () => {
    assert.deepEqual(
      await leftovers(kube),
      [],
      "the cluster is not empty: remove these, or take another cluster",
    );
  });
  after(async () => {
    await run(["--down"]).ended;
    assert.deepEqual(await leftovers(kube), [], "left behind");
  });

  it("goes on where it was killed, at five moments, and lets no second one run beside it", async () => {
    const moments = [
      "the images",
      "the Python client",
      "kubernetes:core/v1:Namespace",
      "kubernetes:helm.sh/v3:Release",
      "a user with a token",
    ];
    for (const moment of moments) {
      const running = run(args);
      const { child, ended } = running;
      await reached(running, moment);
      if (moment === "the Python client") {
        const { code, said } = await run(args).ended;
        assert.equal(code, 1);
        assert.match(said, /another demo runs \(process \d+, since \d\d:\d\d\)/);
      }
      child.kill("SIGKILL");
      await ended;
      report(`killed at: ${moment}`);
    }
  });

  it("brings the platform up and runs a job, by the README's command", async () => {
    const { code, said, seconds } = await start("/bin/sh", ["-c", `${up} -- "$@"`, "sh", ...args]).ended;
    assert.equal(code, 0, said);
    report(`the demo: ${seconds.toFixed(1)} s`);
    assert.match(said, /the lazy|^the 3$/m);
    assert.match(said, /https:\/\/spark\.localhost:30443\/ui\/analytics\/\S+ /);
    assert.match(said, /ann@example\.org +\S{8}/);
    if (screenshots !== undefined) await picture(screenshots, said);
  });

  it("changes nothing the next time", async () => {
    const before = await identities();
    const { code, said, seconds } = await run(args).ended;
    assert.equal(code, 0, said);
    report(`again: ${seconds.toFixed(1)} s`);
    assert.deepEqual(await identities(), before);
  });

  it("leaves commands that work", async () => {
    const forward = /kubectl .*port-forward[^\n]* 30446:443 &/.exec(words)?.[0] ?? "";
    const program = join(places.folder, "block.py");
    const [, block = ""] = /```python\n([^]*?)```/.exec(readme) ?? [];
    writeFileSync(join(places.folder, "job.py"), 'print("the block ran")\n');
    writeFileSync(program, block);
    const script = [
      `. ${places.environment}`,
      forward,
      "trap 'kill $!' EXIT",
      "timeout 60 sh -c 'until sparkplatform whoami; do :; done'",
      "kubectl get sparkapplications -A >/dev/null",
      `cd ${places.folder}`,
      "python block.py",
    ].join("\n");
    const said = await shell(script);
    assert.match(said, /the block ran/);
  });

  it("refuses another cluster while it is on this one", async () => {
    const { code, said } = await run(["--kubeconfig", "/nowhere", "--registry", "r"]).ended;
    assert.equal(code, 1);
    assert.match(said, /the demo is on another cluster/);
  });

  it("is stopped in order, and removed without a trace", async () => {
    const running = run(args);
    await reached(running, "the platform");
    running.child.kill("SIGTERM");
    const stopped = await running.ended;
    assert.equal(stopped.code, 130, stopped.said);
    assert.match(stopped.said, /interrupted; run it again/);
    const { code, said } = await start("/bin/sh", ["-c", away]).ended;
    assert.equal(code, 0, said);
    assert.deepEqual(await leftovers(kube), []);
    assert.match((await run(["--down"]).ended).said, /there is no demo here/);
  });

  /** What the last run that came to its end has said. */
  let words = "";

  /** Without npm and a shell between, so that a signal reaches it. */
  function run(given: readonly string[]): Running {
    return start(process.execPath, [main, ...given]);
  }

  function start(program: string, given: readonly string[]): Running {
    const begun = performance.now();
    const child = spawn(program, given, { stdio: ["ignore", "pipe", "pipe"] });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    const ended = once(child, "close").then(([code]: unknown[]) => {
      if (said.includes("The platform is up")) words = said;
      return {
        code: typeof code === "number" ? code : null,
        said,
        seconds: (performance.now() - begun) / 1000,
      };
    });
    return { child, ended };
  }

  /** What is there, by uid: what was made anew has another one. */
  async function identities(): Promise<readonly string[]> {
    const kinds = [
      ["apps/v1", "Deployment"],
      ["v1", "Service"],
      ["v1", "Secret"],
      ["apps/v1", "StatefulSet"],
    ] as const;
    const lists = await Promise.all(kinds.map(([apiVersion, kind]) => kube.list(apiVersion, kind)));
    return lists
      .flat()
      .filter((each) => /^(?:spark-|analytics$)/.test(textAt(each, "metadata", "namespace") ?? ""))
      .map((each) => `${textAt(each, "metadata", "name") ?? ""} ${textAt(each, "metadata", "uid") ?? ""}`)
      .filter((each) => !/driver|exec|hook/.test(each))
      .sort();
  }
});

/** Returns when the log of this run, not that of the one before, has what begins a moment. @throws where it ends before. */
async function reached({ child, ended }: Running, moment: string): Promise<void> {
  const begun = Date.now();
  const inLog = (): boolean => {
    const log = existsSync(places.log) ? readFileSync(places.log, "utf8") : "";
    return Date.parse(log.split("\n")[0] ?? "") >= begun && log.includes(moment);
  };
  await until(moment, 300_000, async () => {
    if (child.exitCode !== null || child.signalCode !== null)
      throw new Error(`it ended before: ${moment}\n${(await ended).said}`);
    return inLog() ? { done: undefined } : { waiting: "it goes on" };
  });
}

/** The job's log as it was followed, for the documents: how it begins, and what the job itself writes. */
async function picture(folder: string, said: string): Promise<void> {
  const lines = said.slice(said.indexOf("a job, by two lines")).split("\n");
  const end = lines.findIndex((line) => line.startsWith("The platform is up"));
  const words = lines.slice(14, end + 1).filter((line) => !/^\S+ \S+ (?:INFO|WARN) |^SLF4J/.test(line));
  const shown = [`$ ${up}`, "…", ...lines.slice(0, 14), "…", ...words];
  const browser = await TestBrowser.open({ hosts: {} });
  try {
    await terminalPicture(browser, folder, "demo", shown.join("\n"));
  } finally {
    await browser.close();
  }
}

function shell(script: string): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile("/bin/sh", ["-ec", script], { maxBuffer: 1 << 24 }, (error, out, err) => {
      if (error === null) resolve(out);
      else reject(new Error(`${out}${err}`, { cause: error }));
    });
  });
}
