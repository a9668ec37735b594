import { createHash } from "node:crypto";

import * as pulumi from "@pulumi/pulumi";

import { at, listAt, recordAt, textAt, type Fields } from "./kube-json.ts";
import type { Registered, Registration } from "./mocks-monitor.ts";

/**
 * What a provider would answer, shaped alike and the same in each run. With `unknowns`, what only the provider can
 * know is unknown, as in a preview of a new resource.
 */
export function mockOutputs(registration: Registration, unknowns: boolean): Registered {
  const { type, name, inputs, secrets, custom } = registration;
  if (!custom) return { id: undefined, state: {} };
  const computed = computedOutputs(type, name, inputs);
  const known = unknowns
    ? Object.fromEntries(Object.keys(computed.state).map((key) => [key, pulumi.runtime.unknownValue]))
    : computed.state;
  const echoed = Object.entries(inputs).map(([key, value]): [string, unknown] => [
    key,
    secrets.some((path) => path.split(".")[0] === key) ? pulumi.secret(value) : value,
  ]);
  return { id: unknowns ? undefined : computed.id, state: { ...Object.fromEntries(echoed), ...known } };
}

/** The id, and the outputs that are not inputs. */
function computedOutputs(type: string, name: string, inputs: Fields): { id: string; state: Fields } {
  const [module = ""] = type.split("/");
  if (type === "kubernetes:helm.sh/v3:Release") return release(name, inputs);
  if (module.startsWith("kubernetes:")) return kubernetes(type, name, inputs);
  if (module.startsWith("aws:")) return amazon(type, name, inputs);
  if (module.startsWith("random:")) return { id: "none", state: randomState(type, name, inputs) };
  if (module.startsWith("tls:")) return { id: digest(name, 40), state: tlsState(type, name) };
  return { id: `${name}-id`, state: {} };
}

function kubernetes(type: string, name: string, inputs: Fields): { id: string; state: Fields } {
  const given = recordAt(inputs, "metadata");
  const objectName = textAt(given, "name") ?? `${name}-${digest(name, 8)}`;
  const namespace = textAt(given, "namespace");
  const uid = digest(`${name}-uid`, 32);
  return {
    id: namespace === undefined ? objectName : `${namespace}/${objectName}`,
    state: {
      metadata: { ...given, name: objectName, uid },
      ...(type === "kubernetes:networking.k8s.io/v1:Ingress" && {
        status: { loadBalancer: { ingress: [{ hostname: `${objectName}.elb.example.test` }] } },
      }),
    },
  };
}

function amazon(type: string, name: string, inputs: Fields): { id: string; state: Fields } {
  const id = `${name}-${digest(name, 8)}`;
  const region = "eu-central-1:111122223333";
  const named = inputs["name"] === undefined ? { name: id } : {};
  switch (type) {
    case "aws:acm/certificate:Certificate": {
      const arn = `arn:aws:acm:${region}:certificate/${id}`;
      return { id: arn, state: { arn, domainValidationOptions: certificateProofs(inputs) } };
    }
    case "aws:cognito/userPool:UserPool": {
      const endpoint = `cognito-idp.eu-central-1.amazonaws.com/eu-central-1_${digest(name, 9)}`;
      return { id: `eu-central-1_${digest(name, 9)}`, state: { ...named, endpoint } };
    }
    case "aws:cognito/userPoolClient:UserPoolClient": {
      const clientSecret = pulumi.secret(digest(`${name}-secret`, 51));
      return { id: digest(name, 26), state: { ...named, clientSecret } };
    }
    case "aws:ec2/eip:Eip":
      return { id, state: { publicIp: `203.0.113.${parseInt(digest(name, 2), 16)}` } };
    case "aws:route53/record:Record":
      return { id, state: { fqdn: textAt(inputs, "name") ?? id } };
    case "aws:route53/zone:Zone": {
      const nameServers = [`ns-1.${digest(name, 4)}.example.net`, `ns-2.${digest(name, 4)}.example.net`];
      return { id, state: { zoneId: `Z${digest(name, 12).toUpperCase()}`, nameServers } };
    }
    case "aws:ssm/parameter:Parameter": {
      const path = textAt(inputs, "name") ?? `/${id}`;
      return { id: path, state: { arn: `arn:aws:ssm:${region}:parameter${path}` } };
    }
    default:
      return { id, state: named };
  }
}

/** What ACM wants to find in the DNS: a record for each host, and not in the order of the hosts. */
function certificateProofs(inputs: Fields): readonly Fields[] {
  const hosts = [textAt(inputs, "domainName") ?? "", ...listAt(inputs, "subjectAlternativeNames")];
  return hosts
    .map(String)
    .toReversed()
    .map((domainName) => ({
      domainName,
      resourceRecordName: `_${digest(domainName, 8)}.${domainName}.`,
      resourceRecordType: "CNAME",
      resourceRecordValue: `_${digest(`${domainName}-proof`, 8)}.acm-validations.aws.`,
    }));
}

function release(name: string, inputs: Fields): { id: string; state: Fields } {
  const namespace = textAt(inputs, "namespace") ?? "default";
  const releaseName = textAt(inputs, "name") ?? `${name}-${digest(name, 8)}`;
  const status = {
    name: releaseName,
    namespace,
    status: "deployed",
    revision: 1,
    version: inputs["version"],
  };
  return { id: `${namespace}/${releaseName}`, state: { name: releaseName, namespace, status } };
}

function randomState(type: string, name: string, inputs: Fields): Fields {
  const wanted = at(inputs, "length");
  const length = typeof wanted === "number" ? wanted : 16;
  if (type.endsWith(":RandomPassword")) {
    return {
      result: pulumi.secret(digest(name, length)),
      bcryptHash: pulumi.secret(`$2a$10$${digest(name, 53)}`),
    };
  }
  if (type.endsWith(":RandomString")) return { result: digest(name, length) };
  const bytes = Buffer.from(digest(name, 2 * length), "hex");
  const [hex, base64] = [bytes.toString("hex"), bytes.toString("base64")];
  if (type.endsWith(":RandomBytes")) return { hex: pulumi.secret(hex), base64: pulumi.secret(base64) };
  return { hex, b64Std: base64, b64Url: bytes.toString("base64url"), dec: BigInt(`0x0${hex}`).toString() };
}

function tlsState(type: string, name: string): Fields {
  const pem = (label: string): string =>
    `-----BEGIN ${label}-----\n${digest(name, 64)}\n-----END ${label}-----\n`;
  if (type.endsWith(":PrivateKey")) {
    return {
      privateKeyPem: pulumi.secret(pem("PRIVATE KEY")),
      privateKeyPemPkcs8: pulumi.secret(pem("PRIVATE KEY")),
      publicKeyPem: pem("PUBLIC KEY"),
    };
  }
  return type.endsWith(":CertRequest")
    ? { certRequestPem: pem("CERTIFICATE REQUEST") }
    : { certPem: pem("CERTIFICATE"), readyForRenewal: false };
}

/** Hexadecimal digits that only depend on the seed. */
function digest(seed: string, length: number): string {
  let text = "";
  for (let block = 0; text.length < length; block++) {
    text += createHash("sha256").update(`${seed}/${block}`).digest("hex");
  }
  return text.slice(0, length);
}
