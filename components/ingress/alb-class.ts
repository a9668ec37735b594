import * as aws from "@pulumi/aws";
import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

import { acmCertificate, type AcmCertificateArgs } from "../certificates/acm-certificate.ts";
import { namespaceSelector } from "../namespaces/namespace-labels.ts";
import type { AlbExposure } from "./alb-route.ts";

export interface AlbClassArgs {
  /** Whether the load balancer has addresses of the internet, or of the VPC alone. */
  readonly scheme: "internet-facing" | "internal";
  /** Who reaches it: ranges of IPv4 addresses as the load balancer sees them, such as `203.0.113.0/24`. At least one. */
  readonly allowedCidrs: readonly string[];
  /** Ranges of the public subnets: an internet-facing load balancer is in these, an internal one beside the nodes. */
  readonly publicCidrs: readonly string[];
  /** DNS names that it answers for. */
  readonly hosts: AcmCertificateArgs["hosts"];
  /** Public Route 53 zone of all hosts. */
  readonly zoneId: pulumi.Input<string>;
}

/** Names the class and the group of the Ingresses that share the load balancer: a cluster has one. */
const className = "spark-platform";

/**
 * TLS 1.2 and 1.3 with forward secrecy, and key exchanges that outlast quantum computers; what AWS advises. The default is
 * one with TLS 1.0 (https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html).
 */
const sslPolicy = "ELBSecurityPolicy-TLS13-1-2-Res-PQ-2025-09";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/edit-load-balancer-attributes.html */
const loadBalancerAttributes = [
  // The gateway waits five minutes for a page of the History Server, the default here is one.
  { key: "idle_timeout.timeout_seconds", value: "310" },
  // Servers differ in what they make of odd names of headers.
  { key: "routing.http.drop_invalid_header_fields.enabled", value: "true" },
];

/**
 * The Ingress class of an Application Load Balancer, with the certificate that it shows. It is one that EKS Auto Mode makes with the first Ingress of the class and
 * removes after the last one (https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html). All Ingresses of
 * the class share it; only those in the platform's own namespaces may be of the class. Whoever makes one waits for the
 * class, so that on the way down the class and its controller are there until the load balancer is gone.
 *
 *     const { exposure } = new AlbClass("alb", { scheme: "internal", allowedCidrs, publicCidrs, hosts: [host], zoneId });
 */
export class AlbClass extends pulumi.ComponentResource {
  /** The way in through this load balancer, for each of the hosts. */
  readonly exposure: AlbExposure;

  constructor(name: string, args: AlbClassArgs, opts?: pulumi.ComponentResourceOptions) {
    super("spark-platform:ingress:AlbClass", name, {}, opts);
    if (args.allowedCidrs.length === 0)
      throw new pulumi.ResourceError("[allowedCidrs] must name a range: none would let everybody in", this);
    const child = { parent: this };
    const { hosts, zoneId } = args;
    const parameters = new k8s.apiextensions.CustomResource(
      `${name}-parameters`,
      {
        apiVersion: "eks.amazonaws.com/v1",
        kind: "IngressClassParams",
        metadata: { name: className },
        spec: {
          scheme: args.scheme,
          group: { name: className },
          namespaceSelector: namespaceSelector("system"),
          inboundCIDRs: args.allowedCidrs,
          certificateARNs: [acmCertificate(name, { hosts, zoneId }, child)],
          sslPolicy,
          loadBalancerAttributes,
        },
      },
      child,
    );
    const ingressClass = new k8s.networking.v1.IngressClass(
      `${name}-class`,
      {
        metadata: { name: className },
        spec: {
          controller: "eks.amazonaws.com/alb",
          parameters: {
            apiGroup: "eks.amazonaws.com",
            kind: parameters.kind,
            name: parameters.metadata.name,
          },
        },
      },
      child,
    );
    this.exposure = {
      kind: "alb",
      className: ingressClass.metadata.name,
      zoneId,
      // From a table in the provider: it asks nobody.
      loadBalancerZoneId: aws.lb.getHostedZoneIdOutput({ loadBalancerType: "application" }, child).id,
      ownCidrs: args.scheme === "internet-facing" ? args.publicCidrs : undefined,
    };
    this.registerOutputs({ className: ingressClass.metadata.name });
  }
}
