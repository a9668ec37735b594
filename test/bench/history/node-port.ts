import { connect } from "node:net";
import { networkInterfaces } from "node:os";

import { nodeAddress } from "../../e2e/rollouts.ts";
import { listAt, numberAt, recordAt } from "../../../local/kube/json.ts";
import type { Kube } from "../../../local/kube/kube.ts";
import { until } from "../../../local/kube/wait.ts";
import { CannotRunError } from "../bench.ts";

/** A port of this machine that leads to the pods of a service, as the front door's own does. */
export interface NodePort {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Opens one beside the service, for as long as the bench runs. A forwarded port would go through the API server and
 * two more programs, and what is behind it would look slower than it is.
 */
export async function openNodePort(kube: Kube, namespace: string, service: string): Promise<NodePort> {
  const live = await kube.read({ apiVersion: "v1", kind: "Service", namespace, name: service });
  const [port] = listAt(live, "spec", "ports");
  const ref = { apiVersion: "v1", kind: "Service", namespace, name: `${service}-bench` };
  const opened = await kube.apply(
    {
      apiVersion: ref.apiVersion,
      kind: ref.kind,
      metadata: { name: ref.name, namespace },
      spec: {
        type: "NodePort",
        selector: recordAt(live, "spec", "selector"),
        ports: [{ port: numberAt(port, "port"), targetPort: recordAt(port)["targetPort"] }],
      },
    },
    { fieldManager: "spark-platform-bench" },
  );
  const nodePort = numberAt(listAt(opened, "spec", "ports")[0], "nodePort");
  if (nodePort === undefined) throw new Error(`service ${namespace}/${ref.name} got no node port`);
  await until(`node port ${nodePort} to lead to ${service}`, 60_000, () => answers(nodePort));
  return {
    port: nodePort,
    close: async () => {
      await kube.remove(ref);
    },
  };
}

/** The node's rules come a moment after the service. */
function answers(port: number): Promise<{ done: undefined } | { waiting: string }> {
  return new Promise((resolve) => {
    const socket = connect(port, "127.0.0.1", () => {
      socket.destroy();
      resolve({ done: undefined });
    });
    socket.on("error", ({ message }) => {
      resolve({ waiting: message });
    });
  });
}

/** @throws where the node is another machine: its ports would not be those of 127.0.0.1. */
export async function nodeIsHere(kube: Kube): Promise<void> {
  const node = await nodeAddress(kube);
  const ours = Object.values(networkInterfaces()).flatMap((all) => (all ?? []).map(({ address }) => address));
  if (ours.includes(node)) return;
  throw new CannotRunError(`the cluster's node ${node} is not this machine, and no load is put on others`);
}
