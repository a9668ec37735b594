import { exposure } from "./gateway.ts";

/** The front door of stacks with pages, as the tests deploy it: names, node ports, and who comes and may come in. */
export const host = "spark.e2e.test";
export const login = "login.e2e.test";
/** Is let in. */
export const ann = "ann@e2e.test";
/** Is let in too, and sees no running applications of others. */
export const cyd = "cyd@e2e.test";
/** Is not let in. */
export const bob = "bob@e2e.test";

const users = [
  { email: ann, groups: ["data"] },
  { email: cyd, groups: ["readers"] },
  { email: bob, groups: ["guests"] },
];
const identity = { kind: "dex", host: login, nodePort: 30444, users };
/** The stack's key `ui`. */
export const ui = {
  kind: "node-port",
  host,
  nodePort: 30443,
  identity,
  allowed: { groups: ["data", "readers"] },
  adminGroup: "data",
};
export const url = `https://${host}:${ui.nodePort}`;
/** Each application's pages are at a host below it, at the gateway's port. */
export const pagesHost = `pages.${host}`;
export const origins = `https://${pagesHost}:${exposure.nodePort}`;
/** Names that a browser must find, all at one address. */
export const namesAt = (address: string): Readonly<Record<string, string>> => ({
  [host]: address,
  [login]: address,
  [exposure.host]: address,
  [`*.${pagesHost}`]: address,
});
export const issuer = `https://${login}:${identity.nodePort}`;
