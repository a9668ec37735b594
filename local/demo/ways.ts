import { listAt, numberAt } from "../kube/json.ts";
import { forwardService, type Forwarded } from "../kube/forward.ts";
import { refOf, type Kube } from "../kube/kube.ts";

/** A service of the platform, and the port that it has on every node. */
export interface Way {
  readonly namespace: string;
  readonly service: string;
  readonly port: number;
  readonly nodePort: number;
}

/** The services behind these node ports. */
export async function waysTo(kube: Kube, nodePorts: readonly number[]): Promise<readonly Way[]> {
  const services = await kube.list("v1", "Service");
  return services.flatMap((service) =>
    listAt(service, "spec", "ports").flatMap((port) => {
      const [nodePort, own] = [numberAt(port, "nodePort"), numberAt(port, "port")];
      if (nodePort === undefined || own === undefined || !nodePorts.includes(nodePort)) return [];
      const { namespace = "", name } = refOf(service);
      return [{ namespace, service: name, port: own, nodePort }];
    }),
  );
}

/** Leads the same ports of this machine there, for as long as this process lives. */
export async function openWays(kube: Kube, ways: readonly Way[]): Promise<readonly Forwarded[]> {
  return Promise.all(
    ways.map((way) => forwardService(kube, way.namespace, way.service, way.port, way.nodePort)),
  );
}

/** What does the same from a shell. */
export function forwardCommand(kubeconfig: string, { namespace, service, port, nodePort }: Way): string {
  return `kubectl --kubeconfig ${kubeconfig} port-forward -n ${namespace} service/${service} ${nodePort}:${port} &`;
}
