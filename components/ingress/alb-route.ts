import * as aws from "@pulumi/aws";
import type * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";

/** At an Application Load Balancer of AWS, which ends TLS with the certificate of its class. */
export interface AlbExposure {
  readonly kind: "alb";
  /** Ingress class of EKS Auto Mode. */
  readonly className: pulumi.Input<string>;
  /** Public Route 53 zone of the hosts. */
  readonly zoneId: pulumi.Input<string>;
  /** The zone of AWS that holds the load balancers' own names, one in each region. */
  readonly loadBalancerZoneId: pulumi.Input<string>;
  /** Ranges that the load balancer has its addresses in, and no pod. Undefined: it has them among the pods'. */
  readonly ownCidrs: readonly string[] | undefined;
}

/**
 * What the load balancer does with one Ingress: HTTPS to the pods themselves, and at port 80 nothing but the way to HTTPS
 * (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/; of these, EKS Auto
 * Mode lacks what https://docs.aws.amazon.com/eks/latest/userguide/auto-configure-alb.html lists).
 * The pods answer at `healthPath` with 200 to everybody.
 */
export function albAnnotations(healthPath: string): Record<string, string> {
  const settings = {
    "target-type": "ip",
    "listen-ports": JSON.stringify([{ HTTP: 80 }, { HTTPS: 443 }]),
    "ssl-redirect": "443",
    "healthcheck-path": healthPath,
    "healthcheck-interval-seconds": "5",
    "healthcheck-timeout-seconds": "3",
    "healthy-threshold-count": "2",
  };
  return Object.fromEntries(
    Object.entries(settings).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]),
  );
}

/** The records that make the hosts lead to the Ingress's load balancer. IPv4 alone, as the load balancer. */
export function albRecords(
  name: string,
  hosts: readonly string[],
  exposure: AlbExposure,
  ingress: k8s.networking.v1.Ingress,
  opts: pulumi.CustomResourceOptions,
): readonly aws.route53.Record[] {
  return hosts.map(
    (host, index) =>
      new aws.route53.Record(
        index === 0 ? `${name}-a` : `${name}-a-${host}`,
        {
          zoneId: exposure.zoneId,
          name: host,
          type: "A",
          aliases: [
            {
              name: loadBalancerName(ingress),
              zoneId: exposure.loadBalancerZoneId,
              // There is nowhere else to send anybody.
              evaluateTargetHealth: false,
            },
          ],
        },
        opts,
      ),
  );
}

/** What an Ingress may say of its load balancer: the SDK's types promise more than the API server does. */
interface Status {
  readonly loadBalancer?: { readonly ingress?: readonly { readonly hostname?: string }[] };
}

/** DNS name of the load balancer, which the Kubernetes provider waits for. */
function loadBalancerName(ingress: k8s.networking.v1.Ingress): pulumi.Output<string> {
  return ingress.status.apply((status: Status) => {
    const name = status.loadBalancer?.ingress?.[0]?.hostname;
    if (name !== undefined) return pulumi.output(name);
    // Where an update waited in vain, the next preview meets the Ingress without one, and must not stop the update.
    if (pulumi.runtime.isDryRun()) return pulumi.output(pulumi.unknown).apply(() => "");
    throw new pulumi.ResourceError("the Ingress has no load balancer", ingress);
  });
}
