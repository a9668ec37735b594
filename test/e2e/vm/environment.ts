import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

export interface VmEnvironment {
  readonly kubeconfig: string;
  /** Folder that keeps Debian's root and packages for the next run. */
  readonly cache: string;
  /** containerd's certs.d on the cluster's node, which is this machine. */
  readonly certsDir: string;
}

const programs = [
  ...["mmdebstrap", "systemd-nspawn", "nsenter", "setpriv", "ip", "iptables", "openssl", "htpasswd"],
  ...["buildah", "coredns", "versitygw", "pebble", "pebble-challtestsrv"],
];

/** @throws an Error that names all that is missing. */
export function vmEnvironment(env: NodeJS.ProcessEnv): VmEnvironment {
  const { KUBECONFIG: kubeconfig, E2E_VM_CACHE: cache, E2E_CERTS_DIR: certsDir } = env;
  const folders = (env["PATH"] ?? "").split(delimiter);
  const missing = [
    ...(process.getuid?.() === 0 ? [] : ["root's rights"]),
    ...(kubeconfig ? [] : ["KUBECONFIG: the kubeconfig of a cluster whose one node is this machine"]),
    ...(cache ? [] : ["E2E_VM_CACHE: a folder that keeps Debian's root and packages for the next run"]),
    ...(certsDir ? [] : ["E2E_CERTS_DIR: the folder certs.d that the node's containerd reads"]),
    ...programs
      .filter((program) => !folders.some((folder) => executable(join(folder, program))))
      .map((program) => `${program} on PATH`),
  ];
  if (!kubeconfig || !cache || !certsDir || missing.length > 0) {
    throw new Error(`the virtual machine's test needs:\n  ${missing.join("\n  ")}`);
  }
  return { kubeconfig, cache, certsDir };
}

function executable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
