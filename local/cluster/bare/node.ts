import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { runProgram } from "../../process.ts";
import { condition, parseJson, recordAt } from "../../kube/json.ts";
import { Kube } from "../../kube/kube.ts";
import { until } from "../../kube/wait.ts";
import type { Say } from "../cluster.ts";
import { keysFolder, makeCertificates } from "./certificates.ts";
import { makeCgroup } from "./cgroups.ts";
import {
  cniConfig,
  containerdConfig,
  dnsConfig,
  hostsConfig,
  kubeletConfig,
  mirrorConfig,
} from "./configs.ts";
import { ensureDaemon, healthy, type Daemon } from "./daemon.ts";
import { address, containerdSocket, kubeconfig, mirrorHost, nodeName, podRange, ports } from "./facts.ts";
import { runFolder, serviceRange, stateFolder } from "./facts.ts";
import { makeNetwork, readSwitches } from "./network.ts";
import { toolPath } from "./tools.ts";

/** What the machine was like before, for the way back. */
export const beforeFile = join(stateFolder, "before.json");

/** Makes what the parts run on, once. */
export async function prepareNode(signal: AbortSignal): Promise<void> {
  await mkdir(stateFolder, { recursive: true, mode: 0o700 });
  await mkdir(runFolder, { recursive: true, mode: 0o700 });
  if (!existsSync(beforeFile)) await writeFile(beforeFile, JSON.stringify(await readSwitches()));
  await makeCertificates(signal);
  await makeNetwork(signal);
  await makeCgroup();
}

/** What the machine was like before, as far as it is known. */
export async function readBefore(): Promise<Readonly<Record<string, unknown>>> {
  const text = await readFile(beforeFile, "utf8").catch(() => "{}");
  return recordAt({ before: text === "" ? {} : parseJson(text) }, "before");
}

const key = (name: string): string => join(keysFolder, name);
const etcd = `http://127.0.0.1:${ports.etcd}`;

/** The control plane, in the order in which it comes up. */
export function controlPlane(): readonly Daemon[] {
  const ready = (): Promise<unknown> => Kube.open(kubeconfig).request("GET", "/readyz");
  return [
    {
      name: "etcd",
      command: toolPath("etcd"),
      args: [
        `--data-dir=${stateFolder}/etcd`,
        `--listen-client-urls=${etcd}`,
        `--advertise-client-urls=${etcd}`,
        `--listen-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
        `--initial-advertise-peer-urls=http://127.0.0.1:${ports.etcdPeer}`,
        `--initial-cluster=default=http://127.0.0.1:${ports.etcdPeer}`,
      ],
      answers: () => healthy(`${etcd}/health`),
    },
    { name: "kube-apiserver", command: toolPath("kube-apiserver"), args: apiServerFlags(), answers: ready },
    {
      name: "kube-controller-manager",
      command: toolPath("kube-controller-manager"),
      args: [
        `--kubeconfig=${kubeconfig}`,
        "--bind-address=127.0.0.1",
        `--secure-port=${ports.controllerManager}`,
        `--service-account-private-key-file=${key("sa.key")}`,
        `--root-ca-file=${key("ca.crt")}`,
        `--cluster-signing-cert-file=${key("ca.crt")}`,
        `--cluster-signing-key-file=${key("ca.key")}`,
        "--use-service-account-credentials",
        "--leader-elect=false",
      ],
      answers: () =>
        Kube.open(kubeconfig).read({
          apiVersion: "v1",
          kind: "ServiceAccount",
          namespace: "default",
          name: "default",
        }),
    },
    {
      name: "kube-scheduler",
      command: toolPath("kube-scheduler"),
      args: [
        `--kubeconfig=${kubeconfig}`,
        "--bind-address=127.0.0.1",
        `--secure-port=${ports.scheduler}`,
        "--leader-elect=false",
      ],
      answers: ready,
    },
  ];
}

function apiServerFlags(): readonly string[] {
  return [
    `--etcd-servers=${etcd}`,
    `--bind-address=${address}`,
    `--advertise-address=${address}`,
    `--secure-port=${ports.apiServer}`,
    `--service-cluster-ip-range=${serviceRange}`,
    `--tls-cert-file=${key("apiserver.crt")}`,
    `--tls-private-key-file=${key("apiserver.key")}`,
    `--client-ca-file=${key("ca.crt")}`,
    `--service-account-key-file=${key("sa.key")}`,
    `--service-account-signing-key-file=${key("sa.key")}`,
    "--service-account-issuer=https://kubernetes.default.svc.cluster.local",
    "--authorization-mode=Node,RBAC",
    "--enable-admission-plugins=NodeRestriction",
    `--kubelet-client-certificate=${key("admin.crt")}`,
    `--kubelet-client-key=${key("admin.key")}`,
    `--kubelet-certificate-authority=${key("ca.crt")}`,
    "--kubelet-preferred-address-types=InternalIP",
    "--allow-privileged=true",
    `--requestheader-client-ca-file=${key("ca.crt")}`,
    "--requestheader-allowed-names=front-proxy",
    "--requestheader-username-headers=X-Remote-User",
    "--requestheader-group-headers=X-Remote-Group",
    "--requestheader-extra-headers-prefix=X-Remote-Extra-",
    `--proxy-client-cert-file=${key("front-proxy.crt")}`,
    `--proxy-client-key-file=${key("front-proxy.key")}`,
  ];
}

/** The registry on this machine that the node pulls from. */
export function mirror(program: string): Daemon {
  const config = join(stateFolder, "mirror.yaml");
  return {
    name: "mirror",
    command: program,
    args: ["serve", config],
    files: { [config]: mirrorConfig },
    answers: () => healthy(`http://${mirrorHost}/v2/`),
  };
}

/** What runs pods. */
export function nodeParts(): readonly Daemon[] {
  const containerd = join(stateFolder, "containerd.toml");
  const kubelet = join(stateFolder, "kubelet.json");
  const dns = join(stateFolder, "Corefile");
  return [
    {
      name: "containerd",
      command: "/usr/bin/containerd",
      args: ["--config", containerd],
      files: {
        [containerd]: containerdConfig,
        [join(stateFolder, "cni", "10-bridge.conflist")]: cniConfig,
        [join(stateFolder, "certs.d", "_default", "hosts.toml")]: hostsConfig,
      },
      answers: () => runProgram("ctr", ["--address", containerdSocket, "version"]),
    },
    {
      name: "coredns",
      command: toolPath("coredns"),
      args: ["-conf", dns],
      files: { [dns]: dnsConfig },
      answers: () => healthy(`http://127.0.0.1:${ports.dnsReady}/ready`),
    },
    {
      name: "kubelet",
      command: toolPath("kubelet"),
      args: [
        `--config=${kubelet}`,
        `--kubeconfig=${stateFolder}/kubelet.kubeconfig`,
        `--hostname-override=${nodeName}`,
        `--root-dir=${stateFolder}/kubelet`,
        `--node-ip=${address}`,
      ],
      files: { [kubelet]: kubeletConfig },
      answers: () => healthy(`http://127.0.0.1:${ports.kubeletHealth}/healthz`),
    },
    {
      name: "kube-proxy",
      command: toolPath("kube-proxy"),
      args: [
        `--kubeconfig=${kubeconfig}`,
        "--proxy-mode=iptables",
        `--cluster-cidr=${podRange}`,
        // Pods answer each other across the bridge itself, past the kernel's translation, if asked by their own address.
        "--masquerade-all",
        // Node ports are for this machine alone.
        "--nodeport-addresses=127.0.0.0/8",
        `--hostname-override=${nodeName}`,
        `--healthz-bind-address=127.0.0.1:${ports.proxyHealth}`,
        `--metrics-bind-address=127.0.0.1:${ports.proxyMetrics}`,
        "--conntrack-max-per-core=0",
      ],
      answers: () => healthy(`http://127.0.0.1:${ports.proxyHealth}/healthz`),
    },
  ];
}

/** Starts parts, one after the other, as each needs the one before. */
export async function startAll(daemons: readonly Daemon[], say: Say, signal: AbortSignal): Promise<void> {
  for (const daemon of daemons) await ensureDaemon(daemon, say, signal);
}

/** Returns when the node takes pods. */
export async function nodeReady(signal: AbortSignal): Promise<void> {
  const kube = Kube.open(kubeconfig);
  await until("the node to be ready", 120_000, async () => {
    signal.throwIfAborted();
    const node = await kube.find({ apiVersion: "v1", kind: "Node", name: nodeName });
    const ready = condition(node, "Ready");
    return ready?.status === "True" ? { done: true } : { waiting: ready?.message ?? "no such node" };
  });
}
