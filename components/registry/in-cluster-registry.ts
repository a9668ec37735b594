import * as pulumi from "@pulumi/pulumi";

import type { PrivateCa } from "../certificates/private-ca.ts";
import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { allow } from "../namespaces/network-rules.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { registryServer } from "./registry-server.ts";
import { registryUsers, type PasswordNumbers } from "./registry-users.ts";
import type { Registry, RegistryUser } from "./registry.ts";
import { serverLabels, serverPort } from "./server-pod.ts";

export interface InClusterRegistryArgs {
  /** The registry's name, which the nodes and those who push must resolve: `registry.example.org`. */
  readonly host: string;
  /**
   * Port of every node at which it answers, 30000 to 32767; it is then a part of its images' names.
   * Default: a load balancer's address, port 443.
   */
  readonly nodePort?: number | undefined;
  /** Numbers of the passwords; the next higher one is a new password. */
  readonly passwords: PasswordNumbers;
  readonly dns: ClusterDns;
  readonly store: ObjectStore;
  /** Signs its certificate. */
  readonly ca: PrivateCa;
}

/**
 * The stack's registry as a pod, for clusters where it gets no machine of its own: the same server, users and
 * certificate, with the images in the bucket, so that the pod holds nothing.
 *
 *     const passwords = { push: 1, pull: 1 };
 *     new InClusterRegistry("registry", { host: "registry.example.org", nodePort: 30500, passwords, dns, store, ca });
 */
export class InClusterRegistry extends pulumi.ComponentResource implements Registry {
  readonly host: string;
  readonly certificateAuthority: pulumi.Output<string>;
  readonly pull: RegistryUser;
  readonly push: RegistryUser;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: InClusterRegistryArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:registry:InClusterRegistry", name, {}, opts);
    const child = { parent: this };
    const { store, nodePort } = args;
    const access = store.access("registry");
    this.host = inClusterHost(args);
    this.certificateAuthority = args.ca.certificate;
    const users = registryUsers(name, args.passwords, child);
    this.pull = users.pull;
    this.push = users.push;
    const { namespace } = new SystemNamespace(
      name,
      { namespace: "spark-registry", dns: args.dns, access },
      child,
    );
    // The account that a pod has which names none.
    const identity = access.bind(name, { namespace, serviceAccount: "default" }, child);
    allowRegistry(name, namespace, store.network, child);
    const server = registryServer(
      name,
      {
        namespace,
        host: this.host,
        nodePort,
        bucket: store.bucket,
        access,
        certificate: args.ca.issue(name, args.host, child),
        htpasswd: users.htpasswd,
      },
      { ...child, dependsOn: [...store.ready, ...identity] },
    );
    this.ready = server.ready;
    this.registerOutputs({ host: this.host });
  }
}

/** `HOST`, or `HOST:PORT` where it answers at a port of the nodes. */
export function inClusterHost({ host, nodePort }: Pick<InClusterRegistryArgs, "host" | "nodePort">): string {
  return nodePort === undefined ? host : `${host}:${nodePort}`;
}

/** Whoever knows a password may come from anywhere: nodes pull from their own addresses. The server reaches the store. */
function allowRegistry(
  name: string,
  namespace: pulumi.Input<string>,
  store: ObjectStore["network"],
  opts: pulumi.CustomResourceOptions,
): void {
  const pods = { matchLabels: serverLabels };
  const rules = { ingress: [{ ports: [{ protocol: "TCP", port: serverPort }] }], egress: [...store] };
  allow(name, { namespace, policy: "registry", pods, rules }, opts);
}
