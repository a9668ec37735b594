import assert from "node:assert/strict";
import { mkdir, mkdtemp, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { after, beforeEach, describe, it } from "node:test";
import { z } from "zod";
import { parseCommandLine, type Options } from "../../images/args.ts";
import type { BuildOptions, Engine, LocalImage } from "../../images/engine.ts";
import { UserError } from "../../images/errors.ts";
import { jarFile, recipeLabel } from "../../images/recipe.ts";
import type { RegistryAccess } from "../../images/registry-access.ts";
import { run, type Tools } from "../../images/run.ts";
import type { StackRegistry } from "../../images/stack-registry.ts";
import { gatewayImage, operatorImage, recipes, rowOf, sparkImage, type Jar } from "../../images/versions.ts";

const root = await mkdtemp(join(tmpdir(), "images-"));
after(() => rm(root, { recursive: true }));

let events: string[];
let store: Map<string, LocalImage>;
let contexts: string;
let broken: string | undefined;
let onBuild: ((options: BuildOptions) => Promise<void>) | undefined;
let onPush: ((access: RegistryAccess) => Promise<void>) | undefined;
let said: string[];
beforeEach(async () => {
  events = [];
  store = new Map(recipes.map(({ base, name }) => [base, { id: `base of ${name}`, labels: {} }]));
  contexts = await mkdtemp(join(root, "contexts-"));
  broken = undefined;
  onBuild = undefined;
  onPush = undefined;
  said = [];
});

const digest = "sha256:0123";

const archiveSchema = z.tuple([
  z.string(),
  z.object({ id: z.string(), labels: z.record(z.string(), z.string()) }),
]);

/** An engine that only remembers; what is in `broken` fails. */
const engine: Engine = {
  name: "buildah",
  inspect: (reference) => Promise.resolve(store.get(reference)),
  pull: (reference) => {
    events.push(`pull ${reference}`);
    store.set(reference, { id: `pulled ${reference}`, labels: {} });
    return Promise.resolve();
  },
  build: async (options) => {
    events.push(`build ${options.reference}`);
    await onBuild?.(options);
    if (options.reference === broken) throw new UserError("buildah build ended with exit code 1");
    const recipe = options.buildArgs["IMAGE_RECIPE"] ?? "";
    store.set(options.reference, { id: `built ${recipe}`, labels: { [recipeLabel]: recipe } });
  },
  save: async (reference, file) => {
    events.push(`save ${reference} ${basename(file)}`);
    await writeFile(file, JSON.stringify([reference, store.get(reference)]), { flag: "wx" });
  },
  load: async (file) => {
    events.push(`load ${basename(file)}`);
    const [reference, image] = archiveSchema.parse(JSON.parse(await readFile(file, "utf8")));
    store.set(reference, image);
  },
  trustAdvice: ({ authority }) => Promise.resolve(authority && `trust ${authority}`),
  push: async (local, remote, access) => {
    events.push(`push ${local} ${remote}`);
    if (access !== undefined) await onPush?.(access);
    return digest;
  },
};

const fetchJar = async (jar: Jar): Promise<string> => {
  events.push(`fetch ${jarFile(jar)}`);
  const path = join(root, jarFile(jar));
  await writeFile(path, jar.sha256, { mode: 0o600 });
  return path;
};

const options = (...args: string[]): Options => parseCommandLine(args, {}, recipes);
const stackRegistry: StackRegistry = {
  host: "registry.test:30500",
  platformImages: "registry.test:30500/spark-platform",
  certificateAuthority: "PEM",
  username: "push-1",
  password: "push-password",
};
const tools = (more: Partial<Tools> = {}): Tools => ({
  engine,
  fetchJar,
  installPackages: async (context) => {
    events.push("install packages");
    await mkdir(join(context, "node_modules"));
    await writeFile(join(context, "node_modules", "package.js"), "");
  },
  contexts,
  authorities: join(root, "authorities"),
  stackRegistry: (stack) => {
    events.push(`stack ${stack ?? "selected"}`);
    return Promise.resolve(stackRegistry);
  },
  say: (text) => void said.push(text),
  ...more,
});
const build = (...args: string[]): Promise<readonly string[]> => run(options(...args), tools());

const local = "localhost/spark-platform";
const spark4 = sparkImage(local, "4.0.4").reference;
const spark3 = sparkImage(local, "3.5.8").reference;
const operator = operatorImage(local).reference;
const gateway = gatewayImage(local).reference;
const everything = [spark4, spark3, operator, gateway];

describe("run", () => {
  it("builds every image under the name that the platform asks for", async () => {
    assert.deepEqual(await build(), everything);
    assert.deepEqual(
      events.filter((event) => event.startsWith("build")),
      everything.map((reference) => `build ${reference}`),
    );
  });

  it("fetches each jar once, and the next image's before this one is built", async () => {
    onBuild = async () => {
      // Long enough for downloads that were started to be seen.
      await new Promise((resolve) => setTimeout(resolve, 50));
      events.push("built");
    };
    await build();
    const fetched = events.filter((event) => event.startsWith("fetch"));
    assert.equal(new Set(fetched).size, fetched.length);
    assert.equal(fetched.length, 6);
    assert.ok(events.indexOf("fetch hadoop-aws-3.3.4.jar") < events.indexOf("built"));
  });

  it("does nothing for what is up to date", async () => {
    await build();
    events = [];
    assert.deepEqual(await build(), everything);
    assert.deepEqual(events, []);
  });

  it("builds again what was built on another base, and that alone", async () => {
    await build();
    events = [];
    store.set("docker.io/apache/spark:3.5.8", { id: "newer", labels: {} });
    await build();
    assert.deepEqual(
      events.filter((event) => event.startsWith("build")),
      [`build ${spark3}`],
    );
  });

  it("builds again an image of that name that it did not build", async () => {
    store.set(spark4, { id: "x", labels: {} });
    await build("spark-4.0.4");
    assert.ok(events.includes(`build ${spark4}`));
  });

  it("pulls a base that is not here, and takes another one where told to", async () => {
    let seen: BuildOptions | undefined;
    onBuild = (given) => {
      seen = given;
      return Promise.resolve();
    };
    await build("--base", "spark-3.5.8=mirror.example/s:1", "spark-3.5.8");
    assert.equal(events[0], "pull mirror.example/s:1");
    const { BASE_IMAGE, ROW_SPARK, ROW_SCALA, ROW_HADOOP, ROW_JAVA, IMAGE_VERSION } = seen?.buildArgs ?? {};
    assert.deepEqual(
      [BASE_IMAGE, ROW_SPARK, ROW_SCALA, ROW_HADOOP, ROW_JAVA, IMAGE_VERSION],
      ["mirror.example/s:1", "3.5.8", "2.12", "3.3.4", "17", "3.5.8"],
    );
  });

  it("lays out exactly what the Dockerfile copies, readable by all, and removes it afterwards", async () => {
    const found: Record<string, number> = {};
    onBuild = async ({ context }) => {
      for (const file of await readdir(context, { recursive: true })) {
        const { mode } = await stat(join(context, file));
        if (file.includes(".") || file === "Dockerfile") found[file] = mode & 0o777;
      }
      const sdk = join(context, "sdk", "aws-java-sdk-bundle-1.12.262.jar");
      assert.equal(await readFile(sdk, "utf8"), rowOf("3.5.8").jars.sdk.sha256);
    };
    await build("spark-3.5.8");
    assert.deepEqual(found, {
      Dockerfile: 0o644,
      "check-base.sh": 0o644,
      "check-classes.sh": 0o644,
      "compile-python.py": 0o644,
      "escape-pages.py": 0o644,
      "page-scripts.json": 0o644,
      "s3a/hadoop-aws-3.3.4.jar": 0o644,
      "s3a/spark-hadoop-cloud_2.12-3.5.8.jar": 0o644,
      "sample.py": 0o644,
      "sdk/aws-java-sdk-bundle-1.12.262.jar": 0o644,
      "share-classes.sh": 0o644,
    });
    assert.deepEqual(await readdir(contexts), []);
  });

  it("gives the gateway's image the packages of its lock file, and no jars", async () => {
    const found: string[] = [];
    onBuild = async ({ context, buildArgs }) => {
      found.push(...(await readdir(context)).sort());
      assert.equal((await stat(join(context, "gateway", "src", "main.ts"))).mode & 0o777, 0o644);
      assert.equal(buildArgs["ROW_SPARK"], undefined);
    };
    await build("gateway");
    assert.deepEqual(events.slice(0, 2), ["install packages", `build ${gateway}`]);
    assert.deepEqual(found, [
      "Dockerfile",
      "gateway",
      "jobs",
      "node_modules",
      "package-lock.json",
      "package.json",
    ]);
    assert.deepEqual(await readdir(contexts), []);
  });

  it("pushes all that was asked for, built now or before", async () => {
    await build("spark-operator");
    events = [];
    const remote = operatorImage("r.example/p").reference;
    assert.deepEqual(await build("--push-to", "r.example/p", "spark-operator"), [`${remote}@${digest}`]);
    assert.deepEqual(events, [`push ${operator} ${remote}`]);
  });

  it("pushes to the stack's registry with credentials that are gone afterwards, also after a failure", async () => {
    const folders: string[] = [];
    onPush = async ({ host, credentials, authority }) => {
      folders.push(credentials);
      const file = join(credentials, "config.json");
      const auth = Buffer.from("push-1:push-password").toString("base64");
      assert.deepEqual(JSON.parse(await readFile(file, "utf8")), { auths: { [host]: { auth } } });
      for (const [secret, mode] of [[credentials, 0o700] as const, [file, 0o600] as const])
        assert.equal((await stat(secret)).mode & 0o777, mode);
      assert.equal(await readFile(join(authority ?? "", "ca.crt"), "utf8"), "PEM");
    };
    const remote = operatorImage(stackRegistry.platformImages).reference;
    assert.deepEqual(await build("--push", "--stack", "prod", "spark-operator"), [`${remote}@${digest}`]);
    assert.equal(events[0], "stack prod");
    assert.equal(events.at(-1), `push ${operator} ${remote}`);
    assert.ok(said.includes(`trust ${join(root, "authorities", stackRegistry.host)}`));
    assert.doesNotMatch(said.join("\n"), /push-password/);
    onPush = ({ credentials }) => {
      folders.push(credentials);
      return Promise.reject(new UserError("refused"));
    };
    await assert.rejects(build("--push", "spark-operator"), /^UserError: refused$/);
    assert.equal(new Set(folders).size, 2);
    for (const folder of folders) await assert.rejects(stat(folder), { code: "ENOENT" });
  });

  it("saves what it built, now or before, and pushes that elsewhere without a base, a jar or a build", async () => {
    const folder = join(contexts, "archives");
    const saved = await build("--save", folder, "spark-4.0.4", "gateway");
    assert.deepEqual(saved, [spark4, gateway]);
    assert.deepEqual((await readdir(folder)).sort(), ["gateway.tar", "spark-4.0.4.tar"]);
    await build("--save", folder, "gateway");
    events = [];
    store.clear();
    const pushed = await build("--load", folder, "--push", "--stack", "prod", "spark-4.0.4", "gateway");
    const remotes = [
      sparkImage(stackRegistry.platformImages, "4.0.4"),
      gatewayImage(stackRegistry.platformImages),
    ];
    assert.deepEqual(
      pushed,
      remotes.map(({ reference }) => `${reference}@${digest}`),
    );
    assert.deepEqual(events, [
      "stack prod",
      "load spark-4.0.4.tar",
      "load gateway.tar",
      `push ${spark4} ${remotes[0]?.reference ?? ""}`,
      `push ${gateway} ${remotes[1]?.reference ?? ""}`,
    ]);
  });

  it("pushes nothing where an archive has another image, or is not there", async () => {
    const folder = join(contexts, "archives");
    await build("--save", folder, "gateway");
    await rename(join(folder, "gateway.tar"), join(folder, "spark-operator.tar"));
    const push = ["--load", folder, "--push-to", "r.example"];
    await assert.rejects(
      build(...push, "spark-operator"),
      /spark-operator\.tar does not have \S+: save it again/,
    );
    await assert.rejects(build(...push, "gateway"), /ENOENT/);
    assert.ok(!events.some((event) => event.startsWith("push")));
  });

  it("builds nothing for a stack that has no registry", async () => {
    const none = (): Promise<never> => Promise.reject(new UserError("no registry"));
    await assert.rejects(run(options("--push"), tools({ stackRegistry: none })), /no registry/);
    assert.deepEqual(events, []);
  });

  it("stops at an image that cannot be built, keeps those before it and pushes nothing", async () => {
    broken = spark3;
    await assert.rejects(build("--push-to", "r.example"), /exit code 1/);
    assert.ok(store.has(spark4));
    assert.deepEqual(
      events.filter((event) => /^build|^push/.test(event)),
      [`build ${spark4}`, `build ${spark3}`],
    );
    assert.deepEqual(await readdir(contexts), []);
  });

  it("says which jar failed, also when it was to arrive meanwhile", async () => {
    const failing = (jar: Jar): Promise<string> =>
      jar.version === "3.3.4" ? Promise.reject(new UserError("no 3.3.4")) : fetchJar(jar);
    await assert.rejects(run(options(), tools({ fetchJar: failing })), /no 3\.3\.4/);
    assert.ok(store.has(spark4));
  });
});
