import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { driverKey } from "../../gateway/src/ui/jws.ts";
import type { TeamRuntime } from "../../jobs/job-runtime.ts";
import { driverUi, driverUiFile, driverUiOptions } from "../../jobs/manifest/driver-ui.ts";
import { uiNamespace } from "../ingress/exposure.ts";
import type { FrontDoorKey } from "../ingress/front-door-key.ts";
import { frontDoorLabels, type Upstream } from "../ingress/front-door.ts";
import { namespaceSelector } from "../namespaces/namespace-labels.ts";
import { named } from "../namespaces/network-rules.ts";
import { driverPods, uiPort } from "../namespaces/spark-network.ts";
import { labels, namespaceName } from "./gateway-deployment.ts";
import { ports } from "./gateway-pod.ts";

/** What the pages of running applications need of the front door. */
export interface GatewayUi {
  /** `https://HOST[:PORT]` of the front door. */
  readonly url: string;
  readonly key: FrontDoorKey;
  /** Members see everybody's applications. */
  readonly adminGroup: string | undefined;
  /** URL of the issuer that visitors log in at. */
  readonly issuer: pulumi.Input<string>;
  /** Whether e-mail addresses count as verified where the issuer sends no `email_verified`. */
  readonly skipEmailVerified: boolean;
}

const service = "gateway-ui";

/** What the front door leads to: the pages of running applications. */
export const gatewayUpstream: Upstream = {
  id: "gateway",
  path: "/ui/",
  url: `http://${service}.${namespaceName}.svc.cluster.local:${ports.ui}`,
  network: {
    to: [{ namespaceSelector: named(namespaceName), podSelector: { matchLabels: labels } }],
    ports: [{ protocol: "TCP", port: ports.ui }],
  },
};

/** The front door's pods come in, and it reaches the teams' drivers. */
export const uiRules = {
  ingress: {
    from: [{ namespaceSelector: named(uiNamespace), podSelector: { matchLabels: frontDoorLabels } }],
    ports: [{ protocol: "TCP", port: ports.ui }],
  },
  egress: {
    to: [{ namespaceSelector: namespaceSelector("team"), podSelector: driverPods }],
    ports: [{ protocol: "TCP", port: uiPort }],
  },
};

/** How the front door finds the pods. */
export function gatewayUi(
  name: string,
  namespace: pulumi.Input<string>,
  opts: pulumi.CustomResourceOptions,
): k8s.core.v1.Service {
  return new k8s.core.v1.Service(
    `${name}-ui`,
    {
      metadata: { name: service, namespace, labels },
      spec: { selector: labels, ports: [{ name: "http", port: ports.ui, targetPort: "ui" }] },
    },
    opts,
  );
}

/**
 * The secret of each team's namespace by which its drivers know the gateway. Whoever runs code there can read it, and act
 * as the gateway to drivers of the same namespace.
 */
export function driverKeys(
  name: string,
  { key }: FrontDoorKey,
  teams: readonly TeamRuntime[],
  opts: pulumi.CustomResourceOptions,
): readonly pulumi.Resource[] {
  return teams.map((team) => {
    const options = pulumi
      .all([key, team.namespace])
      .apply(([frontDoor, namespace]) => driverUiOptions(driverKey(frontDoor, namespace)));
    return new k8s.core.v1.Secret(
      `${name}-driver-ui-${team.name}`,
      {
        metadata: { name: driverUi.secret, namespace: team.namespace },
        stringData: { [driverUiFile]: pulumi.secret(options) },
      },
      opts,
    );
  });
}
