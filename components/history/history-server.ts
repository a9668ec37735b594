import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import type { ClusterDns } from "../cluster/cluster-dns.ts";
import { historyKey } from "../../gateway/src/ui/jws.ts";
import { labels as gatewayLabels, namespaceName as gatewayNamespace } from "../gateway/gateway-deployment.ts";
import type { FrontDoorKey } from "../ingress/front-door-key.ts";
import { allow, named } from "../namespaces/network-rules.ts";
import { SystemNamespace } from "../namespaces/system-namespace.ts";
import { podMark } from "../pod-mark.ts";
import type { Registry } from "../registry/registry.ts";
import type { ObjectStore } from "../storage/object-store.ts";
import { historyConf, port, propertiesFile, type HistorySizing } from "./history-conf.ts";
import { confFile, historyPod } from "./history-pod.ts";

export interface HistoryServerArgs {
  /** Our Spark image. */
  readonly image: string;
  readonly dns: ClusterDns;
  readonly store: ObjectStore;
  /** The registry that its image is in. Default: one that needs no credentials. */
  readonly registry?: Registry | undefined;
  readonly sizing: HistorySizing;
  /** The front door's key, of which the one is made that the gateway signs with: nothing else is answered. */
  readonly key: FrontDoorKey;
}

const serviceName = "history";
const namespaceName = "spark-history";
const labels = { "app.kubernetes.io/name": "history", "app.kubernetes.io/part-of": "spark-platform" };

/**
 * Spark's History Server: the pages of applications, from the event logs in the bucket, which it also cleans. It
 * answers the gateway alone, which knows whose they are.
 *
 *     new HistoryServer("history", { image, dns, store, sizing: { memory: "1g", maxAge: "30d" }, key });
 */
export class HistoryServer extends pulumi.ComponentResource {
  /** `http://HOST:PORT` in the cluster. */
  readonly url = `http://${serviceName}.${namespaceName}.svc.cluster.local:${port}`;
  readonly ready: readonly pulumi.Resource[];

  constructor(name: string, args: HistoryServerArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:history:HistoryServer", name, {}, opts);
    const child = { parent: this };
    const { store, registry } = args;
    const access = store.access("history");
    const { namespace, imagePullSecrets } = new SystemNamespace(
      name,
      { namespace: namespaceName, dns: args.dns, access, registry },
      child,
    );
    allowHistory(name, namespace, store.network, child);
    const account = serviceAccount(name, namespace, child);
    const identity = access.bind(name, { namespace, serviceAccount: account.metadata.name }, child);
    const conf = pulumi
      .all([args.key.key, access.sparkConf, store.eventLogDirectory])
      .apply(([key, storeConf, eventLogDirectory]) =>
        propertiesFile(
          historyConf({ sizing: args.sizing, key: historyKey(key), storeConf, eventLogDirectory }),
        ),
      );
    const secret = new k8s.core.v1.Secret(
      `${name}-conf`,
      { metadata: { name: "history-conf", namespace }, stringData: { [confFile]: conf } },
      child,
    );
    const { image, sizing } = args;
    const deployment = new k8s.apps.v1.Deployment(
      `${name}-server`,
      {
        metadata: { name: serviceName, namespace, labels },
        spec: {
          // Never two, since both would clean and compact the same logs.
          replicas: 1,
          strategy: { type: "Recreate" },
          selector: { matchLabels: labels },
          template: {
            metadata: {
              labels,
              annotations: {
                "spark-platform/config": podMark(conf, ...Object.values(access.keys?.secret.data ?? {})),
              },
            },
            spec: historyPod({
              image,
              imagePullSecrets,
              serviceAccount: account.metadata.name,
              sizing,
              confName: secret.metadata.name,
              access,
            }),
          },
        },
      },
      { ...child, dependsOn: [...store.ready, ...identity, ...(registry?.ready ?? [])] },
    );
    const service = new k8s.core.v1.Service(
      `${name}-service`,
      {
        metadata: { name: serviceName, namespace, labels },
        spec: { selector: labels, ports: [{ name: "http", port, targetPort: "http" }] },
      },
      child,
    );
    this.ready = [deployment, service];
    this.registerOutputs({ url: this.url });
  }
}

function serviceAccount(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.ServiceAccount {
  return new k8s.core.v1.ServiceAccount(
    `${name}-account`,
    {
      metadata: { name: serviceName, namespace },
      automountServiceAccountToken: false,
    },
    opts,
  );
}

/** Network rule by which the gateway reaches it. */
export const historyEgress = {
  to: [{ namespaceSelector: named(namespaceName), podSelector: { matchLabels: labels } }],
  ports: [{ protocol: "TCP", port }],
};

/** The gateway's pods come in; it reaches the store. */
function allowHistory(
  name: string,
  namespace: pulumi.Input<string>,
  store: ObjectStore["network"],
  opts: pulumi.CustomResourceOptions,
): void {
  const gateway = { namespaceSelector: named(gatewayNamespace), podSelector: { matchLabels: gatewayLabels } };
  const rules = { ingress: [{ from: [gateway], ports: [{ protocol: "TCP", port }] }], egress: [...store] };
  allow(name, { namespace, policy: "history", pods: { matchLabels: labels }, rules }, opts);
}
