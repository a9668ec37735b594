import * as pulumi from "@pulumi/pulumi";

import { at, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { amazon, digest } from "./mocks-amazon.ts";
import type { Registered, Registration } from "../../local/deployment/stand-in/monitor.ts";

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
