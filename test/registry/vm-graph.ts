/** What a registry's VM declares, and questions that its tests ask. */
import * as aws from "@pulumi/aws";

import { PrivateCa } from "../../components/certificates/private-ca.ts";
import { pullConfig } from "../../components/registry/docker-config.ts";
import { RegistryVm, type RegistryVmArgs } from "../../components/registry/vm/registry-vm.ts";
import { texts } from "../support/graph.ts";
import { textAt, type Fields } from "../../local/kube/json.ts";
import { evaluate, type EvaluateOptions, type Graph } from "../support/mocks.ts";

export const host = "registry.dev.example.org";
/** Its own path in the parameter store. */
export const parameterPath = "/spark-platform/test/registry";
export const types = {
  instance: "aws:ec2/instance:Instance",
  parameter: "aws:ssm/parameter:Parameter",
  address: "aws:ec2/eip:Eip",
  association: "aws:ec2/eipAssociation:EipAssociation",
  record: "aws:route53/record:Record",
  policy: "aws:iam/rolePolicy:RolePolicy",
};

export interface Wishes extends Partial<Omit<RegistryVmArgs, "certificate">> {
  readonly certificate?: Extract<RegistryVmArgs["certificate"], { kind: "acme" }> | "private";
  /** Default tags of a provider of its own. Default: no such provider. */
  readonly defaultTags?: Readonly<Record<string, string>>;
  /** What the search for Debian's image is answered. */
  readonly foundImage?: string;
  /** Is told what image was searched for. */
  readonly onImageSearch?: (args: Fields) => void;
}

/** A platform with the registry's VM and, if none is given, a bucket. Outputs: the contract's fields that have a value. */
export function vmGraph(wishes: Wishes = {}, options: Pick<EvaluateOptions, "preview"> = {}): Promise<Graph> {
  const {
    certificate = { kind: "acme", email: "ops@example.org" },
    defaultTags: tags,
    foundImage,
    onImageSearch,
    ...args
  } = wishes;
  const getAmi = (search: Fields): Fields => {
    onImageSearch?.(search);
    return { id: foundImage ?? "ami-1" };
  };
  const program = (): Promise<unknown> => {
    const opts = tags && { provider: new aws.Provider("aws", { defaultTags: { tags } }) };
    const own: RegistryVmArgs = {
      host,
      zoneId: "Z1OWN",
      network: { vpcId: "vpc-1", subnetId: "subnet-1" },
      allowedCidrs: ["203.0.113.0/24", "198.51.100.7/32"],
      region: "eu-central-1",
      passwords: { push: 1, pull: 1 },
      protect: false,
      bucket: args.bucket ?? new aws.s3.Bucket("store").id,
      ...args,
      certificate: certificate === "private" ? { kind: "private", ca: new PrivateCa("ca") } : certificate,
    };
    const registry = new RegistryVm("registry", own, opts);
    const { certificateAuthority, pull, push, ready } = registry;
    return Promise.resolve({
      host: registry.host,
      ...(certificateAuthority && { certificateAuthority }),
      pull,
      push,
      ready: ready.map(({ urn }) => urn),
      dockerConfig: pullConfig(registry),
    });
  };
  return evaluate(program, { ...options, calls: { "aws:ec2/getAmi:getAmi": getAmi } });
}

/** The VM with each kind of certificate. */
export const graphs = [
  ["acme", vmGraph()],
  ["private", vmGraph({ certificate: "private" })],
] as const;

export function userData(graph: Graph): string {
  return textAt(graph.only(types.instance).inputs, "userData") ?? "";
}

/** Name in the parameter store -> type and value. */
export function parameters(graph: Graph): ReadonlyMap<string, { type: string; value: string }> {
  return new Map(
    graph.all(types.parameter).map(({ inputs }) => [
      textAt(inputs, "name") ?? "",
      {
        type: textAt(inputs, "type") ?? "",
        value: textAt(inputs, "value") ?? textAt(inputs, "insecureValue") ?? "",
      },
    ]),
  );
}

/** Names of the users that the server knows. */
export function knownUsers(graph: Graph): readonly string[] {
  const lines = parameters(graph).get(`${parameterPath}/htpasswd`)?.value.trimEnd().split("\n") ?? [];
  return lines.map((line) => line.slice(0, line.indexOf(":"))).sort();
}

/** Every text of the inputs that is marked secret, and every one that is not: `TYPE NAME PATH` and the text. */
export function markedTexts(graph: Graph): {
  readonly secret: readonly (readonly [string, string])[];
  readonly plain: readonly (readonly [string, string])[];
} {
  const all = graph.registrations.flatMap(({ type, name, inputs, secrets }) =>
    texts(inputs).map(([path, text]) => ({
      entry: [`${type} ${name} ${path}`, text] as const,
      secret: secrets.some((secret) => path === secret || path.startsWith(`${secret}.`)),
    })),
  );
  const entries = (secret: boolean) => all.filter((each) => each.secret === secret).map(({ entry }) => entry);
  return { secret: entries(true), plain: entries(false) };
}
