/** One of each for the three zones of a region. */
export type PerZone<T> = readonly [T, T, T];

/**
 * Regions of AWS and the three availability zones used in each, by zone ID: unlike a name (`eu-central-1a`), an ID is
 * the same place in every account.
 *
 * From https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html without the zones
 * that EKS takes no subnets in (use1-az3, usw1-az2 and cac1-az3,
 * https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html), hence without us-west-1, which has no three left.
 * An account must opt in to eu-central-2, eu-south-1 and eu-south-2.
 */
export const regions = {
  "ap-northeast-1": ["apne1-az1", "apne1-az2", "apne1-az4"],
  "ap-northeast-2": ["apne2-az1", "apne2-az2", "apne2-az3"],
  "ap-south-1": ["aps1-az1", "aps1-az2", "aps1-az3"],
  "ap-southeast-1": ["apse1-az1", "apse1-az2", "apse1-az3"],
  "ap-southeast-2": ["apse2-az1", "apse2-az2", "apse2-az3"],
  "ca-central-1": ["cac1-az1", "cac1-az2", "cac1-az4"],
  "eu-central-1": ["euc1-az1", "euc1-az2", "euc1-az3"],
  "eu-central-2": ["euc2-az1", "euc2-az2", "euc2-az3"],
  "eu-north-1": ["eun1-az1", "eun1-az2", "eun1-az3"],
  "eu-south-1": ["eus1-az1", "eus1-az2", "eus1-az3"],
  "eu-south-2": ["eus2-az1", "eus2-az2", "eus2-az3"],
  "eu-west-1": ["euw1-az1", "euw1-az2", "euw1-az3"],
  "eu-west-2": ["euw2-az1", "euw2-az2", "euw2-az3"],
  "eu-west-3": ["euw3-az1", "euw3-az2", "euw3-az3"],
  "sa-east-1": ["sae1-az1", "sae1-az2", "sae1-az3"],
  "us-east-1": ["use1-az1", "use1-az2", "use1-az4"],
  "us-east-2": ["use2-az1", "use2-az2", "use2-az3"],
  "us-west-2": ["usw2-az1", "usw2-az2", "usw2-az3"],
} as const satisfies Readonly<Record<string, PerZone<string>>>;

export type Region = keyof typeof regions;

/** What `make` makes of each zone's value. */
export function perZone<A, B>(values: PerZone<A>, make: (value: A, zone: 0 | 1 | 2) => B): PerZone<B> {
  return [make(values[0], 0), make(values[1], 1), make(values[2], 2)];
}
