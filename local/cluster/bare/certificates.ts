import { existsSync } from "node:fs";
import { mkdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runProgram } from "../../process.ts";
import { address, domain, firstService, kubeconfig, nodeName, ports, stateFolder } from "./facts.ts";

export const keysFolder = join(stateFolder, "pki");

const lifetimeDays = "3650";
const newKey = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];

interface Certificate {
  readonly name: string;
  readonly subject: string;
  readonly alternatives?: readonly string[];
}

const serviceNames = [
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  `kubernetes.default.svc.${domain}`,
];

const certificates: readonly Certificate[] = [
  {
    name: "apiserver",
    subject: "/CN=kube-apiserver",
    alternatives: [
      ...["127.0.0.1", address, firstService].map((ip) => `IP:${ip}`),
      ...["localhost", ...serviceNames].map((name) => `DNS:${name}`),
    ],
  },
  { name: "admin", subject: "/O=system:masters/CN=admin" },
  {
    name: "kubelet",
    subject: `/O=system:nodes/CN=system:node:${nodeName}`,
    alternatives: [`IP:${address}`, `DNS:${nodeName}`],
  },
  { name: "front-proxy", subject: "/CN=front-proxy" },
];

/** Makes the node's authority, its certificates and kubeconfigs, where they are not there yet: all or none. */
export async function makeCertificates(signal: AbortSignal): Promise<void> {
  if (existsSync(kubeconfig)) return;
  const fresh = `${keysFolder}.new`;
  await rm(fresh, { recursive: true, force: true });
  await mkdir(fresh, { recursive: true, mode: 0o700 });
  const openssl = (...args: string[]): Promise<string> => runProgram("openssl", args, { cwd: fresh, signal });
  const authority = ["-keyout", "ca.key", "-out", "ca.crt", "-subj", "/CN=spark-platform-local"];
  await openssl("req", "-x509", ...newKey, ...authority, "-days", lifetimeDays);
  for (const { name, subject, alternatives } of certificates) {
    await openssl("req", ...newKey, "-keyout", `${name}.key`, "-out", `${name}.csr`, "-subj", subject);
    const extension = alternatives === undefined ? "" : `subjectAltName=${alternatives.join(",")}\n`;
    await writeFile(join(fresh, `${name}.ext`), extension);
    const signing = ["-CA", "ca.crt", "-CAkey", "ca.key", "-CAcreateserial", "-days", lifetimeDays];
    await openssl(
      "x509",
      "-req",
      "-in",
      `${name}.csr`,
      ...signing,
      "-extfile",
      `${name}.ext`,
      "-out",
      `${name}.crt`,
    );
  }
  await openssl("ecparam", "-name", "prime256v1", "-genkey", "-noout", "-out", "sa.key");
  await rm(keysFolder, { recursive: true, force: true });
  await rename(fresh, keysFolder);
  await writeKubeconfig("kubelet", join(stateFolder, "kubelet.kubeconfig"));
  // The last one: where it is, all is.
  await writeKubeconfig("admin", kubeconfig);
}

async function writeKubeconfig(name: string, path: string): Promise<void> {
  const data = async (file: string): Promise<string> =>
    (await readFile(join(keysFolder, file))).toString("base64");
  const cluster = {
    server: `https://${address}:${ports.apiServer}`,
    "certificate-authority-data": await data("ca.crt"),
  };
  const user = {
    "client-certificate-data": await data(`${name}.crt`),
    "client-key-data": await data(`${name}.key`),
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: nodeName, cluster }],
    users: [{ name, user }],
    contexts: [{ name: nodeName, context: { cluster: nodeName, user: name } }],
    "current-context": nodeName,
  };
  await writeFile(`${path}.new`, `${JSON.stringify(config, null, 2)}\n`, { mode: 0o600 });
  await rename(`${path}.new`, path);
}
