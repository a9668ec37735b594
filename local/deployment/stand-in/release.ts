import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";

import * as pulumi from "@pulumi/pulumi";

import { canonical, listAt, numberAt, parseJson, recordAt, textAt, type Fields } from "../../kube/json.ts";
import type { Registration } from "./monitor.ts";
import { podProblems } from "../../kube/pods.ts";
import { entryOf, type Handled, type Run } from "./run-context.ts";
import type { Entry, Thing } from "./state.ts";
import { milliseconds } from "./timeouts.ts";

type ReleaseThing = Extract<Thing, { kind: "release" }>;
const execute = promisify(execFile);

/** Inputs that are flags of `helm upgrade` when they are true. */
const flags: Readonly<Record<string, string>> = {
  atomic: "--atomic",
  cleanupOnFail: "--cleanup-on-fail",
  createNamespace: "--create-namespace",
  dependencyUpdate: "--dependency-update",
  devel: "--devel",
  disableCRDHooks: "--no-hooks",
  disableOpenapiValidation: "--disable-openapi-validation",
  disableWebhooks: "--no-hooks",
  forceUpdate: "--force",
  renderSubchartNotes: "--render-subchart-notes",
  skipCrds: "--skip-crds",
  waitForJobs: "--wait-for-jobs",
};
const understood = [
  "chart",
  "compat",
  "name",
  "namespace",
  "repositoryOpts",
  "resourceNames",
  "skipAwait",
  "timeout",
].concat(["valueYamlFiles", "values", "version", "description", "maxHistory"]);

/** Installs or upgrades the Helm release of a registration and waits for what is in it. */
export async function applyRelease(run: Run, registration: Registration): Promise<Handled> {
  const { inputs, urn } = registration;
  const cluster = run.clusters.of(registration.provider);
  const previous = run.state.get(urn);
  const old = previous?.thing.kind === "release" ? previous.thing : undefined;
  const namespace = textAt(inputs, "namespace") ?? cluster.namespace;
  const kept = old?.name.startsWith(`${registration.name}-`) === true ? old.name : undefined;
  const name = textAt(inputs, "name") ?? kept ?? `${registration.name}-${randomBytes(4).toString("hex")}`;
  const thing: ReleaseThing = {
    kind: "release",
    name,
    namespace,
    chart: fingerprint(textAt(inputs, "chart") ?? ""),
  };
  const moved = old !== undefined && (old.name !== name || old.namespace !== namespace);
  if (previous !== undefined && moved) run.state.setAside(previous);
  const fresh = old === undefined || moved;
  const unchanged =
    !fresh &&
    previous?.status === "done" &&
    old.chart === thing.chart &&
    canonical(previous.inputs) === canonical(inputs);
  const entry = entryOf(registration, thing);
  const helm = (...args: readonly string[]): Promise<string> =>
    runHelm(cluster.kubeconfig, [...args, "--namespace", namespace]);
  if (fresh && (await found(helm, name))) {
    throw new Error(
      `the Helm release ${namespace}/${name} is there already and not of this stack: remove it first`,
    );
  }
  run.state.put({ ...entry, status: unchanged ? "done" : "pending" });
  if (!unchanged) {
    const values = join(run.folder, `values-${randomBytes(6).toString("hex")}.json`);
    try {
      writeFileSync(values, JSON.stringify(inputs["values"] ?? {}), { mode: 0o600 });
      if (previous?.status === "pending" && !moved) await settle(helm, name);
      await helm("upgrade", "--install", name, ...upgradeArguments(inputs, registration, values));
    } catch (error) {
      const pods = await podProblems(cluster.kube, namespace, `app.kubernetes.io/instance=${name}`).catch(
        () => "",
      );
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`the Helm release ${namespace}/${name}: ${text}${pods === "" ? "" : `; ${pods}`}`, {
        cause: error,
      });
    } finally {
      rmSync(values, { force: true });
    }
  }
  const state = { ...inputs, name, namespace, status: await statusOf(helm, name) };
  run.state.put({ ...entry, status: "done" });
  const secrets = registration.secrets.map((path) => path.split(".")[0] ?? "");
  const change = moved ? "replace" : fresh ? "create" : unchanged ? "same" : "update";
  return { change, registered: { id: `${namespace}/${name}`, state, secrets } };
}

function upgradeArguments(inputs: Fields, registration: Registration, values: string): readonly string[] {
  const given = Object.entries(inputs).filter(
    ([, value]) => value !== undefined && value !== null && value !== false,
  );
  const strange = given
    .map(([key]) => key)
    .filter((key) => !understood.includes(key) && flags[key] === undefined);
  if (strange.length > 0)
    throw new Error(`the release's ${strange.join(", ")} is not supported by the stand-in engine`);
  const { repo, ...credentials } = recordAt(inputs, "repositoryOpts");
  if (Object.keys(credentials).length > 0)
    throw new Error("repositoryOpts other than repo is not supported by the stand-in engine");
  const files = listAt(inputs, "valueYamlFiles").map((file) => textAt(file, "path") ?? "");
  if (files.includes(""))
    throw new Error("valueYamlFiles that are not file assets are not supported by the stand-in engine");
  const seconds = numberAt(inputs, "timeout") ?? milliseconds(registration.timeouts.create || "5m") / 1000;
  const optional = (flag: string, value: unknown): readonly string[] =>
    value === undefined ? [] : [flag, typeof value === "string" ? value : JSON.stringify(value)];
  return [
    textAt(inputs, "chart") ?? "",
    ...optional("--repo", repo),
    ...optional("--version", inputs["version"]),
    ...optional("--description", inputs["description"]),
    ...optional("--history-max", inputs["maxHistory"]),
    ...files.flatMap((file) => ["--values", file]),
    ...["--values", values, "--timeout", `${Math.round(seconds)}s`],
    ...(inputs["skipAwait"] === true ? [] : ["--wait"]),
    ...given.flatMap(([key]) => flags[key] ?? []),
  ];
}

type Helm = (...args: readonly string[]) => Promise<string>;

/** Helm takes a release of a run that was stopped for one that somebody is at. Ours is the only one there is. */
async function settle(helm: Helm, name: string): Promise<void> {
  const listed = parseJson(await helm("list", "--pending", "--output", "json", "--filter", `^${name}$`));
  const release: unknown = Array.isArray(listed) ? listed[0] : undefined;
  const status = textAt(release, "status");
  if (status === "pending-install") await helm("uninstall", name, "--wait");
  else if (status !== undefined) await helm("rollback", name);
}

async function found(helm: Helm, name: string): Promise<boolean> {
  const listed = parseJson(await helm("list", "--all", "--output", "json", "--filter", `^${name}$`));
  return Array.isArray(listed) && listed.length > 0;
}

async function statusOf(helm: Helm, name: string): Promise<Fields> {
  const metadata = parseJson(await helm("get", "metadata", name, "--output", "json"));
  const keys = ["name", "namespace", "chart", "version", "appVersion", "revision", "status"];
  return Object.fromEntries(keys.map((key) => [key, recordAt(metadata)[key]]));
}

/** Uninstalls a release and waits until what was in it is gone. */
export async function removeRelease(run: Run, entry: Entry, thing: ReleaseThing): Promise<void> {
  const { kubeconfig } = run.clusters.of(entry.provider);
  const timeout = `${Math.round(milliseconds(entry.deleteTimeout) / 1000)}s`;
  const place = ["--namespace", thing.namespace];
  await runHelm(kubeconfig, [
    "uninstall",
    thing.name,
    ...place,
    "--ignore-not-found",
    "--wait",
    "--timeout",
    timeout,
  ]);
  run.state.remove(entry);
}

async function runHelm(kubeconfig: string, args: readonly string[]): Promise<string> {
  try {
    const options = { env: { ...process.env, KUBECONFIG: kubeconfig }, maxBuffer: 64 * 1024 * 1024 };
    return (await execute("helm", [...args], options)).stdout;
  } catch (error) {
    const said = textAt(error, "stderr")?.trim() ?? "";
    const text = said !== "" ? said : error instanceof Error ? error.message : String(error);
    throw new pulumi.RunError(`helm ${args[0] ?? ""}: ${text}`);
  }
}

/** Tells two states of a chart in a folder apart; any other chart is told by its name and version. */
function fingerprint(chart: string): string {
  if (!existsSync(chart)) return chart;
  const files = statSync(chart).isDirectory()
    ? readdirSync(chart, { recursive: true, encoding: "utf8" }).sort()
    : [""];
  const hash = createHash("sha256");
  for (const file of files) {
    const path = join(chart, file);
    if (statSync(path).isFile()) hash.update(file).update("\0").update(readFileSync(path)).update("\0");
  }
  return hash.digest("hex");
}
