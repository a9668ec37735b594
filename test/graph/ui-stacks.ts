import { localGraph } from "../support/graph.ts";
import type { Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { atNodes, behindIngress } from "./gateway-stack.ts";

/** Stacks with pages, for the tests of what they come to. */
export const users = [
  { email: "ann@example.test", groups: ["data", "platform"] },
  { email: "bob@example.test", groups: [] },
];
export const withDex: Fields = {
  kind: "node-port",
  host: "spark.test",
  nodePort: 30443,
  identity: { kind: "dex", host: "login.test", nodePort: 30444, users },
  allowed: { groups: ["data"] },
  adminGroup: "platform",
};
/** The same, reached in another way. */
export const withDexBehind = (fields: Fields): Fields => ({
  host: "spark.test",
  identity: { kind: "dex", host: "login.test", users },
  allowed: { groups: ["data"] },
  ...fields,
});
export const withIssuer: Fields = {
  kind: "ingress",
  ingressClass: "web",
  host: "spark.test",
  certificate: { kind: "cert-manager", issuer: "letsencrypt" },
  identity: {
    kind: "oidc",
    issuer: "https://sso.test/realms/main",
    clientId: "spark",
    clientSecret: "client-secret-4711",
  },
  allowed: { domains: ["example.test"] },
};

export const dexGraph = (more: Fields = {}, keys: Fields = {}, preview = false): Promise<Graph> =>
  localGraph({ ui: { ...withDex, ...more }, gateway: atNodes, ...keys }, preview);
export const issuerGraph = (more: Fields = {}, preview = false): Promise<Graph> =>
  localGraph({ ui: { ...withIssuer, ...more }, gateway: behindIngress }, preview);
