/** What the end-to-end test needs to know of the cluster, from the environment. */
export interface E2eEnvironment {
  readonly kubeconfig: string;
  /** Registry that the cluster pulls from and this machine may push to. */
  readonly registry: string;
  /** Folder on the cluster's one node, this machine, for volumes; without it, claims on the default storage class. */
  readonly nodePath: string | undefined;
  /** Where the operator's chart is, if not in its own repository. */
  readonly chart: string | undefined;
  /** containerd's `certs.d` of the cluster's one node, where that node is this machine. */
  readonly certsDir: string | undefined;
  /** Program that stops and starts the cluster's API server, by its one argument; without it, nothing tries that. */
  readonly apiServer: string | undefined;
  /** Folder for pictures of the pages; without it, none are made. */
  readonly screenshots: string | undefined;
}

/** @throws an Error that names every variable that is missing. */
export function e2eEnvironment(env: NodeJS.ProcessEnv): E2eEnvironment {
  const { KUBECONFIG: kubeconfig, E2E_REGISTRY: registry } = env;
  const missing = [
    ...(kubeconfig ? [] : ["KUBECONFIG: the kubeconfig of a cluster that may be filled and emptied"]),
    ...(registry
      ? []
      : ["E2E_REGISTRY: a registry that the cluster pulls from, such as registry.example.org/e2e"]),
  ];
  if (!kubeconfig || !registry) throw new Error(`set these variables:\n  ${missing.join("\n  ")}`);
  return {
    kubeconfig,
    registry,
    nodePath: env["E2E_NODE_PATH"],
    chart: env["E2E_CHART"],
    certsDir: env["E2E_CERTS_DIR"],
    apiServer: env["E2E_API_SERVER"],
    screenshots: env["E2E_SCREENSHOTS"],
  };
}

/** The message of the error that a check throws, for a test to be skipped with; false where it throws none. */
export function whyNot(check: () => unknown): string | false {
  try {
    check();
    return false;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}
