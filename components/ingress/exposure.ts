import * as k8s from "@pulumi/kubernetes";
import type * as pulumi from "@pulumi/pulumi";

/** How browsers reach a server: at a port of every node, at a load balancer's 443, or through an Ingress. */
export type Exposure =
  | { readonly kind: "node-port"; readonly port: number }
  | { readonly kind: "load-balancer" }
  | { readonly kind: "ingress"; readonly className: string };

/** A DNS record that somebody must make. */
export interface DnsRecord {
  readonly name: string;
  /** In words: its addresses are not known before the cluster gives them. */
  readonly target: string;
}

export interface ExposedArgs {
  readonly namespace: pulumi.Input<string>;
  /** Name of the service and the Ingress. */
  readonly service: string;
  readonly labels: Record<string, string>;
  readonly host: string;
  readonly exposure: Exposure;
  /** Secret with the certificate that the Ingress shows. */
  readonly tlsName: pulumi.Input<string>;
  /** Named ports of the pods that the service has: 443 or 80. */
  readonly ports: readonly ("https" | "http")[];
}

/** `https://HOST`, with the port where that is a node's. */
export function publicUrl(host: string, exposure: Exposure): string {
  return exposure.kind === "node-port" ? `https://${host}:${exposure.port}` : `https://${host}`;
}

/** The ports that pods have for it: an Ingress ends TLS itself. */
export function listenPorts({ kind }: Exposure): readonly ("https" | "http")[] {
  return kind === "ingress" ? ["http"] : ["https"];
}

/** The record that makes the name lead to the server. */
export function dnsRecord(host: string, service: string, exposure: Exposure): DnsRecord {
  switch (exposure.kind) {
    case "node-port":
      return { name: host, target: "the cluster's nodes" };
    case "load-balancer":
      return { name: host, target: `the load balancer of service ${service} in namespace ${uiNamespace}` };
    case "ingress":
      return { name: host, target: `the controller of ingress class ${exposure.className}` };
  }
}

/** The namespace of all that faces browsers. */
export const uiNamespace = "spark-ui";

/**
 * A service and, where that is asked for, an Ingress. The Ingress ends TLS and talks plain HTTP to the pods' port
 * `http`: an annotation for more would be one controller's own. Returns what must be up to use it.
 */
export function expose(
  name: string,
  args: ExposedArgs,
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  const { exposure } = args;
  const metadata = { name: args.service, namespace: args.namespace, labels: args.labels };
  const ports = args.ports.map((port) => ({
    name: port,
    port: port === "https" ? 443 : 80,
    targetPort: port,
    ...(exposure.kind === "node-port" && { nodePort: exposure.port }),
  }));
  const service = new k8s.core.v1.Service(
    `${name}-service`,
    { metadata, spec: { type: serviceTypes[exposure.kind], selector: args.labels, ports } },
    opts,
  );
  if (exposure.kind !== "ingress") return [service];
  const backend = { service: { name: service.metadata.name, port: { name: "http" } } };
  const ingress = new k8s.networking.v1.Ingress(
    `${name}-ingress`,
    {
      metadata,
      spec: {
        ingressClassName: exposure.className,
        tls: [{ hosts: [args.host], secretName: args.tlsName }],
        rules: [{ host: args.host, http: { paths: [{ path: "/", pathType: "Prefix", backend }] } }],
      },
    },
    opts,
  );
  return [service, ingress];
}

const serviceTypes = { "node-port": "NodePort", "load-balancer": "LoadBalancer", ingress: "ClusterIP" };
