import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

import { listAt, numberAt, recordAt, textAt, type Fields } from "../../kube/json.ts";

const execute = promisify(execFile);

/** In the order in which the provider writes a subject. */
const subjectKeys: Readonly<Record<string, string>> = {
  country: "C",
  organization: "O",
  organizationalUnit: "OU",
  locality: "L",
  province: "ST",
  postalCode: "postalCode",
  commonName: "CN",
  serialNumber: "serialNumber",
};

const keyUsages: Readonly<Record<string, string>> = {
  digital_signature: "digitalSignature",
  content_commitment: "nonRepudiation",
  key_encipherment: "keyEncipherment",
  data_encipherment: "dataEncipherment",
  key_agreement: "keyAgreement",
  cert_signing: "keyCertSign",
  crl_signing: "cRLSign",
};

const extendedKeyUsages: Readonly<Record<string, string>> = {
  any_extended: "anyExtendedKeyUsage",
  server_auth: "serverAuth",
  client_auth: "clientAuth",
  code_signing: "codeSigning",
  email_protection: "emailProtection",
};

/** A certificate request in PEM, made by openssl: node can make keys but no certificates. */
export function signRequest(inputs: Fields): Promise<string> {
  return withFolder(async (folder) => {
    await writeRequest(folder, inputs);
    return readFile(join(folder, "request.pem"), "utf8");
  });
}

/** A certificate: of the request in `certRequestPem` signed by the CA in the inputs, else signed by its own key. */
export function signCertificate(inputs: Fields): Promise<{ certPem: string; from: Date; until: Date }> {
  return withFolder(async (folder) => {
    const request = textAt(inputs, "certRequestPem");
    const issuer = textAt(inputs, "caPrivateKeyPem");
    if (request === undefined) await writeRequest(folder, inputs);
    else await writeFile(join(folder, "request.pem"), request);
    await writeFile(join(folder, "ca.key"), issuer ?? textAt(inputs, "privateKeyPem") ?? "", { mode: 0o600 });
    await writeFile(join(folder, "ca.pem"), textAt(inputs, "caCertPem") ?? "");
    await writeFile(join(folder, "index.txt"), "");
    await writeFile(join(folder, "serial"), `00${randomBytes(15).toString("hex")}`);
    await writeFile(join(folder, "ca.conf"), authority(inputs, issuer === undefined));
    const from = new Date(Math.floor(Date.now() / 1000) * 1000);
    const until = new Date(from.getTime() + (numberAt(inputs, "validityPeriodHours") ?? 0) * 3_600_000);
    const times = ["-startdate", stamp(from), "-enddate", stamp(until)];
    const issuing = issuer === undefined ? ["-selfsign"] : ["-cert", "ca.pem"];
    const files = ["-config", "ca.conf", "-keyfile", "ca.key", "-in", "request.pem", "-out", "cert.pem"];
    await openssl(folder, "ca", "-batch", "-notext", "-preserveDN", ...files, ...issuing, ...times);
    return { certPem: await readFile(join(folder, "cert.pem"), "utf8"), from, until };
  });
}

async function writeRequest(folder: string, inputs: Fields): Promise<void> {
  const subject = recordAt(inputs, "subject");
  const strange = Object.keys(subject).filter((key) => subjectKeys[key] === undefined);
  if (strange.length > 0)
    throw new Error(`the subject's ${strange.join()} is not supported by the stand-in engine`);
  const names = Object.entries(subjectKeys).flatMap(([key, short]) =>
    subject[key] === undefined ? [] : [`${short} = ${oneLine(subject[key])}`],
  );
  const alternatives = [
    ...listAt(inputs, "dnsNames").map((name) => `DNS:${oneLine(name)}`),
    ...listAt(inputs, "ipAddresses").map((address) => `IP:${oneLine(address)}`),
    ...listAt(inputs, "uris").map((uri) => `URI:${oneLine(uri)}`),
  ];
  const extensions = alternatives.length === 0 ? [] : [`subjectAltName = ${alternatives.join(", ")}`];
  const section = extensions.length === 0 ? [] : ["req_extensions = extensions"];
  const config = ["[req]", "prompt = no", "utf8 = yes", "distinguished_name = subject", ...section];
  const text = [...config, "[subject]", ...names, "[extensions]", ...extensions, ""].join("\n");
  await writeFile(join(folder, "request.conf"), text);
  await writeFile(join(folder, "request.key"), textAt(inputs, "privateKeyPem") ?? "", { mode: 0o600 });
  await openssl(
    folder,
    "req",
    "-new",
    "-config",
    "request.conf",
    "-key",
    "request.key",
    "-out",
    "request.pem",
  );
}

function authority(inputs: Fields, selfSigned: boolean): string {
  const uses = listAt(inputs, "allowedUses").map(String);
  const strange = uses.filter((use) => keyUsages[use] === undefined && extendedKeyUsages[use] === undefined);
  if (strange.length > 0)
    throw new Error(`allowedUses ${strange.join(", ")} is not supported by the stand-in engine`);
  const usage = uses.flatMap((use) => keyUsages[use] ?? []);
  const extended = uses.flatMap((use) => extendedKeyUsages[use] ?? []);
  const isCa = inputs["isCaCertificate"] === true;
  return [
    "[ca]\ndefault_ca = authority",
    "[authority]\ndatabase = index.txt\nserial = serial\nnew_certs_dir = .\ndefault_md = sha256",
    "unique_subject = no\npolicy = policy\nx509_extensions = extensions\ncopy_extensions = copy\n[policy]",
    "[extensions]",
    `basicConstraints = critical,CA:${isCa ? "TRUE" : "FALSE"}`,
    ...(usage.length > 0 ? [`keyUsage = critical,${usage.join(",")}`] : []),
    ...(extended.length > 0 ? [`extendedKeyUsage = ${extended.join(",")}`] : []),
    ...(isCa || inputs["setSubjectKeyId"] === true ? ["subjectKeyIdentifier = hash"] : []),
    ...(selfSigned ? [] : ["authorityKeyIdentifier = keyid"]),
    "",
  ].join("\n");
}

function oneLine(value: unknown): string {
  const text = String(value);
  if (/[\n\r,#$\\]/.test(text)) throw new Error(`"${text}" cannot stand in a certificate here`);
  return text;
}

/** YYYYMMDDHHMMSSZ. */
function stamp(date: Date): string {
  return `${date.toISOString().replace(/\D/g, "").slice(0, 14)}Z`;
}

async function openssl(folder: string, ...args: readonly string[]): Promise<void> {
  try {
    await execute("openssl", [...args], { cwd: folder });
  } catch (error) {
    throw new Error(`openssl ${args[0] ?? ""}: ${textAt(error, "stderr") ?? String(error)}`, {
      cause: error,
    });
  }
}

async function withFolder<T>(body: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "spark-platform-tls-"));
  try {
    return await body(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
