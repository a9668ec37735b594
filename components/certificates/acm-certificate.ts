import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";

export interface AcmCertificateArgs {
  /** DNS names in lower case, each once. The first has 64 letters at the most (see `hasRoomForFirst`). */
  readonly hosts: readonly [string, ...string[]];
  /** Public Route 53 zone of all hosts. */
  readonly zoneId: pulumi.Input<string>;
}

/** Seconds that others may hold a record. */
const ttl = 300;

/** Whether the first host fits: it becomes the common name (https://docs.aws.amazon.com/acm/latest/userguide/acm-requirements.html). */
function hasRoomForFirst([first]: AcmCertificateArgs["hosts"]): boolean {
  return first.length <= 64;
}

/**
 * A certificate of AWS Certificate Manager, for load balancers alone: its key cannot be had. ACM renews it for as long as
 * the validating records stand. Returns the ARN of the certificate when it is valid, so that who uses it waits.
 * No CAA record: where a host is the zone's own name, it would bind everybody else's names of the zone.
 */
export function acmCertificate(
  name: string,
  args: AcmCertificateArgs,
  opts: pulumi.CustomResourceOptions,
): pulumi.Output<string> {
  const { hosts, zoneId } = args;
  const [domainName, ...others] = hosts;
  if (!hasRoomForFirst(hosts)) {
    const message = `[hosts] must begin with a name of 64 letters at the most, not ${domainName}`;
    throw new pulumi.ResourceError(message, opts.parent);
  }
  const certificate = new aws.acm.Certificate(
    `${name}-certificate`,
    {
      domainName,
      ...(others.length > 0 && { subjectAlternativeNames: others }),
      validationMethod: "DNS",
      keyAlgorithm: "EC_prime256v1",
    },
    opts,
  );
  const records = hosts.map((host) => {
    const proof = certificate.domainValidationOptions.apply((options) => {
      const found = options.find(({ domainName }) => domainName === host);
      if (!found) throw new pulumi.ResourceError(`ACM names no record that would prove ${host}`, certificate);
      return found;
    });
    return new aws.route53.Record(
      `${name}-proof-${host}`,
      {
        zoneId,
        name: proof.resourceRecordName,
        type: proof.resourceRecordType,
        ttl,
        records: [proof.resourceRecordValue],
      },
      opts,
    );
  });
  const validation = new aws.acm.CertificateValidation(
    `${name}-validation`,
    { certificateArn: certificate.arn, validationRecordFqdns: records.map(({ fqdn }) => fqdn) },
    // It takes minutes. Where it does not come, nobody has delegated the zone yet, and waiting does not help.
    { ...opts, customTimeouts: { create: "30m" } },
  );
  return validation.certificateArn;
}
