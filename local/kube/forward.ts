import { createServer, type Socket } from "node:net";

import { PortForward } from "@kubernetes/client-node";

import { condition, isRecord, listAt, numberAt, recordAt, textAt } from "./json.ts";
import type { Kube } from "./kube.ts";
import { until } from "./wait.ts";

export interface Forwarded {
  /** On 127.0.0.1. */
  readonly port: number;
  readonly close: () => Promise<void>;
}

/**
 * Opens a local port that leads to a port of a ready pod behind a service; waits for such a pod. `localPort` is one that
 * is free, if none is given.
 */
export async function forwardService(
  kube: Kube,
  namespace: string,
  service: string,
  servicePort?: number,
  localPort?: number,
): Promise<Forwarded> {
  const live = await kube.read({ apiVersion: "v1", kind: "Service", namespace, name: service });
  const ports = listAt(live, "spec", "ports");
  const wanted = ports.find((each) => servicePort === undefined || numberAt(each, "port") === servicePort);
  if (wanted === undefined)
    throw new Error(`service ${namespace}/${service} has no port ${servicePort ?? ""}`);
  const selector = Object.entries(recordAt(live, "spec", "selector")).map(
    ([key, value]) => `${key}=${String(value)}`,
  );
  const pod = await until(`a ready pod of service ${namespace}/${service}`, 120_000, async () => {
    const pods = await kube.list("v1", "Pod", { namespace, labelSelector: selector.join(",") });
    const ready = pods.find((each) => condition(each, "Ready")?.status === "True");
    return ready === undefined ? { waiting: `${pods.length} pods, none ready` } : { done: ready };
  });
  const target = isRecord(wanted) ? (wanted["targetPort"] ?? wanted["port"]) : undefined;
  return forwardPod(kube, namespace, textAt(pod, "metadata", "name") ?? "", portOf(pod, target), localPort);
}

/** A port given by name is the container's that has this name. */
function portOf(pod: unknown, target: unknown): number {
  if (typeof target === "number") return target;
  const ports = listAt(pod, "spec", "containers").flatMap((container) => listAt(container, "ports"));
  const port = numberAt(
    ports.find((each) => textAt(each, "name") === target),
    "containerPort",
  );
  if (port === undefined) throw new Error(`the pod has no port named ${String(target)}`);
  return port;
}

export async function forwardPod(
  kube: Kube,
  namespace: string,
  pod: string,
  port: number,
  localPort = 0,
): Promise<Forwarded> {
  const forward = new PortForward(kube.config);
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    forward.portForward(namespace, pod, [port], socket, null, socket).catch((error: unknown) => {
      socket.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(localPort, "127.0.0.1", resolve);
  });
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no local port");
  return {
    port: address.port,
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => {
          resolve();
        });
      }),
  };
}
