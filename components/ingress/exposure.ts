import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

import { named } from "../namespaces/network-rules.ts";
import { albAnnotations, albRecords, type AlbExposure } from "./alb-route.ts";

/**
 * How browsers reach a server of any cluster: at a port of every node, at a load balancer's 443, or through an Ingress.
 * The certificate is in a secret, and others make the DNS record.
 */
export type ClusterExposure =
  | { readonly kind: "node-port"; readonly port: number }
  | { readonly kind: "load-balancer" }
  | {
      readonly kind: "ingress";
      readonly className: string;
      /** Namespace of the Ingress controller's pods. Undefined: it is not known where they are. */
      readonly controllerNamespace?: string | undefined;
    };

/** How browsers reach a server. */
export type Exposure = ClusterExposure | AlbExposure;

/** A DNS record that somebody must make. */
export interface DnsRecord {
  readonly name: string;
  /** In words: its addresses are not known before the cluster gives them. */
  readonly target: string;
}

interface ExposedServer {
  readonly namespace: pulumi.Input<string>;
  /** Name of the service and the Ingress. */
  readonly service: string;
  readonly labels: Record<string, string>;
  /** DNS names that lead to it. */
  readonly hosts: readonly string[];
  /** Named ports of the pods that the service has: 443 or 80. */
  readonly ports: readonly ("https" | "http")[];
}

export type ExposedArgs = ExposedServer &
  (
    | {
        readonly exposure: AlbExposure;
        readonly tlsName: undefined;
        /** Path at which the pods' port `http` answers 200 to everybody: there the load balancer asks how they are. */
        readonly healthPath: string;
      }
    | {
        readonly exposure: ClusterExposure;
        /** Secret with the certificate that the Ingress shows. */
        readonly tlsName: pulumi.Input<string>;
      }
  );

/** `https://HOST`, with the port where that is a node's. */
export function publicUrl(host: string, exposure: Exposure): string {
  return exposure.kind === "node-port" ? `https://${host}:${exposure.port}` : `https://${host}`;
}

/** Whether the pods end TLS themselves: an Ingress does it before them. */
export function podsEndTls({ kind }: Exposure): boolean {
  return kind === "node-port" || kind === "load-balancer";
}

/** Whoever ends TLS before the pods. */
export interface Proxies {
  /** Nobody else gets to the pods' port `http`. */
  readonly from: k8s.types.input.networking.v1.NetworkPolicyPeer[];
  /** Those whose X-Forwarded-For is believed, as the gateway's TRUSTED_PROXIES. */
  readonly trusted: string;
}

/**
 * Undefined where it is not known who that is, or nobody does: then any address gets to the pods, and what it says of
 * where a client came from must not be believed.
 */
export function proxiesOf(exposure: Exposure): Proxies | undefined {
  if (exposure.kind === "alb" && exposure.ownCidrs !== undefined) {
    const from = exposure.ownCidrs.map((cidr) => ({ ipBlock: { cidr } }));
    return { from, trusted: exposure.ownCidrs.join(",") };
  }
  if (exposure.kind === "ingress" && exposure.controllerNamespace !== undefined) {
    // The policy lets nobody else in, so that whoever comes is the one proxy there is.
    return { from: [{ namespaceSelector: named(exposure.controllerNamespace) }], trusted: "1" };
  }
  return undefined;
}

/** The ports that pods have for it. */
export function listenPorts(exposure: Exposure): readonly ("https" | "http")[] {
  return podsEndTls(exposure) ? ["https"] : ["http"];
}

/** Seconds until all who send visitors have noticed that a pod has come, and that it goes. */
export function noticeSeconds({ kind }: Exposure): { readonly comes: number; readonly goes: number } {
  // AWS hears of a pod by calls, and asks a new one twice how it is.
  return kind === "alb" ? { comes: 30, goes: 20 } : { comes: 0, goes: 5 };
}

/**
 * The records that make the names lead to the server, and that the stack does not make itself.
 * @param service which one it is, in words.
 */
export function dnsRecords(
  hosts: readonly string[],
  service: string,
  exposure: Exposure,
): readonly DnsRecord[] {
  const target = targetOf(service, exposure);
  return target === undefined ? [] : hosts.map((name) => ({ name, target }));
}

function targetOf(service: string, exposure: Exposure): string | undefined {
  switch (exposure.kind) {
    case "node-port":
      return "the cluster's nodes";
    case "load-balancer":
      return `the load balancer of ${service}`;
    case "ingress":
      return `the controller of ingress class ${exposure.className}`;
    case "alb":
      return undefined;
  }
}

/** The namespace of the front door and of the log-in. */
export const uiNamespace = "spark-ui";

/**
 * A service and, where that is asked for, an Ingress; at AWS's load balancer, the hosts' records too. The Ingress ends TLS
 * and talks plain HTTP to the pods' port `http`. Returns what must be up to use it.
 */
export function expose(
  name: string,
  args: ExposedArgs,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const service = hostService(name, args, opts);
  if (args.tlsName === undefined) {
    const { exposure, healthPath } = args;
    const own = { className: exposure.className, annotations: albAnnotations(healthPath) };
    const ingress = hostIngress(name, args, service, own, opts);
    return [service, ingress, ...albRecords(name, args.hosts, exposure, ingress, opts)];
  }
  if (args.exposure.kind !== "ingress") return [service];
  // No annotations: they would be one controller's own.
  const own = { className: args.exposure.className, tlsName: args.tlsName };
  return [service, hostIngress(name, args, service, own, opts)];
}

function hostService(
  name: string,
  { exposure, ...args }: ExposedArgs,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  const ports = args.ports.map((port) => ({
    name: port,
    port: port === "https" ? 443 : 80,
    targetPort: port,
    ...(exposure.kind === "node-port" && { nodePort: exposure.port }),
  }));
  return new k8s.core.v1.Service(
    `${name}-service`,
    {
      metadata: { name: args.service, namespace: args.namespace, labels: args.labels },
      spec: { type: serviceTypes[exposure.kind], selector: args.labels, ports },
    },
    opts,
  );
}

const serviceTypes = {
  "node-port": "NodePort",
  "load-balancer": "LoadBalancer",
  ingress: "ClusterIP",
  alb: "ClusterIP",
};

/** All paths of the hosts lead to the service. */
function hostIngress(
  name: string,
  args: ExposedServer,
  service: k8s.core.v1.Service,
  own: {
    readonly className: pulumi.Input<string>;
    readonly annotations?: Record<string, string>;
    readonly tlsName?: pulumi.Input<string>;
  },
  opts: pulumi.CustomResourceOptions,
): k8s.networking.v1.Ingress {
  const { annotations, tlsName } = own;
  const backend = { service: { name: service.metadata.name, port: { name: "http" } } };
  return new k8s.networking.v1.Ingress(
    `${name}-ingress`,
    {
      metadata: {
        name: args.service,
        namespace: args.namespace,
        labels: args.labels,
        ...(annotations && { annotations }),
      },
      spec: {
        ingressClassName: own.className,
        ...(tlsName !== undefined && { tls: [{ hosts: [...args.hosts], secretName: tlsName }] }),
        rules: args.hosts.map((host) => ({
          host,
          http: { paths: [{ path: "/", pathType: "Prefix", backend }] },
        })),
      },
    },
    opts,
  );
}
