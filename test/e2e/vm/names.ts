/** Names and addresses of the test's own little world. Nothing outside it knows them. */
export const region = "eu-central-1";
export const account = "111122223333";
export const bucket = "e2e-registry-images";
export const zone = { id: "Z0E2E", name: "e2e.example.org" };
/** The registry. */
export const host = `registry.${zone.name}`;
/** The authority that issues certificates by ACME. */
export const acmeHost = `acme.${zone.name}`;
export const parameterPath = "/spark-platform/e2e/registry";

/** A network that nothing else on this machine uses. */
export const subnet = "10.251.0.0/24";
export const prefixLength = 24;
/** This machine in it: name server, AWS, ACME. */
export const services = "10.251.0.1";
/** The virtual machine. */
export const vm = "10.251.0.2";

/** The keys that the instance's role gives. EC2's have a session token as well, which the store here does not know. */
export const role = {
  name: "registry",
  accessKeyId: "AKIAE2EREGISTRYROLE0",
  secretAccessKey: "e2e-secret-key-of-the-registrys-role",
};
