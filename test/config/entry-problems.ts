/** What can be wrong with the ways into the platform: its pages and its API. */
import type { Fields } from "../../local/kube/json.ts";
import { right, testProblems, type Wrong } from "./read.ts";

const dex = { kind: "dex", host: "login.test", users: [{ email: "ann@e.test" }] };
const oidc = { kind: "oidc", issuer: "https://sso.test", clientId: "spark", clientSecret: "s" };
const api = (fields: Fields): Fields => ({
  gateway: { kind: "node-port", host: "api.test", nodePort: 30445, ...fields },
});
const pages = (fields: Fields): Fields => ({
  ui: { kind: "load-balancer", host: "spark.test", identity: oidc, allowed: { groups: ["data"] }, ...fields },
  ...api({}),
});
/** An API that a service account may call, more than one where several are given. */
const accounts = (...given: readonly Fields[]): Fields =>
  api({
    serviceAccounts: given.map((fields) => ({
      namespace: "airflow",
      name: "scheduler",
      namespaces: ["analytics"],
      ...fields,
    })),
  });

const wrong: readonly Wrong[] = [
  [{ ui: { kind: "gateway" } }, "ui.kind", /./, /node-port/],
  [pages({ host: "spark" }), "ui.host", /"spark"/, /spark\.example\.org/],
  [pages({ allowed: undefined }), "ui.allowed", /is missing/, /who gets in/],
  [pages({ allowed: {} }), "ui.allowed", /names nobody/, /nothing is open to all/],
  [pages({ allowed: { domains: ["*"] } }), "ui.allowed.domains[0]", /"\*"/, /"example\.org"/],
  [pages({ allowed: { groups: ["a,b"] } }), "ui.allowed.groups[0]", /"a,b"/, /"data"/],
  [pages({ kind: "node-port" }), "ui.nodePort", /is missing/, /30443/],
  [pages({ kind: "node-port", nodePort: 443 }), "ui.nodePort", /443/, /30443/],
  [pages({ kind: "ingress" }), "ui.ingressClass", /is missing/, /"nginx"/],
  [pages({ identity: { ...oidc, issuer: "http://sso.test" } }), "ui.identity.issuer", /http:/, /"https:/],
  [
    pages({ identity: { ...oidc, clientSecret: "" } }),
    "ui.identity.clientSecret",
    /the value \(not shown\)/,
    /secure/,
  ],
  [pages({ identity: { ...dex, users: [] } }), "ui.identity.users", /at least 1/, /passwords/],
  [pages({ identity: { ...dex, host: "spark.test" } }), "ui.identity.host", /of the pages/, /another/],
  [pages({ identity: { ...dex, nodePort: 30444 } }), "ui.identity", /has a nodePort/, /^none/],
  [
    pages({ kind: "node-port", nodePort: 30443, identity: dex }),
    "ui.identity",
    /has no nodePort/,
    /for example 30444/,
  ],
  [
    pages({ kind: "node-port", nodePort: 30443, identity: { ...dex, nodePort: 30443 } }),
    "ui.identity.nodePort",
    /30443 is the port of the pages/,
    /30444/,
  ],
  [
    pages({ identity: { ...dex, users: [{ email: "a@e.test" }, { email: "A@e.test" }] } }),
    "ui.identity.users",
    /an email twice/,
    /once/,
  ],
  [
    pages({ certificate: { kind: "cert-manager", issuer: "acme" } }),
    "ui.certificate.kind",
    /does not go with kind load-balancer/,
    /kind ingress/,
  ],
  [
    pages({
      kind: "ingress",
      ingressClass: "web",
      identity: dex,
      certificate: { kind: "cert-manager", issuer: "acme" },
    }),
    "ui.certificate.kind",
    /does not go with a dex/,
    /kind oidc/,
  ],
  [
    { ...pages({}), gateway: { kind: "none" } },
    "gateway.kind",
    /"none", and there are pages/,
    /a gateway, for example of kind "load-balancer"/,
  ],
  [{ ...pages({}), gateway: {} }, "gateway.kind", /there are pages/, /or no pages/],
  [pages({ pagesHost: "pages" }), "ui.pagesHost", /"pages"/, /pages\.spark\.example\.org/],
  [
    { ...pages({}), ...api({ host: "api.pages.spark.test" }) },
    "gateway.host",
    /is below "pages\.spark\.test"/,
    /not below ui\.pagesHost/,
  ],
  [
    pages({ pagesHost: "apps.test", host: "spark.apps.test" }),
    "ui.host",
    /"spark\.apps\.test" is below "apps\.test"/,
    /not below ui\.pagesHost/,
  ],
  [{ gateway: { kind: "alb" } }, "gateway.kind", /./, /node-port/],
  [api({ host: "api" }), "gateway.host", /"api"/, /api\.spark\.example\.org/],
  [
    api({ kind: "load-balancer", nodePort: undefined, host: "localhost" }),
    "gateway.host",
    /"localhost"/,
    /api\.spark/,
  ],
  [api({ nodePort: 8443 }), "gateway.nodePort", /8443/, /30445/],
  [
    accounts({ namespace: "analytics" }),
    "gateway.serviceAccounts[0].namespace",
    /"analytics" is a team's namespace, whose jobs can get the account's token/,
    /in which no jobs run/,
  ],
  [
    accounts({ namespaces: ["analytics", "airflow"] }),
    "gateway.serviceAccounts[0].namespaces[1]",
    /"airflow" is not a namespace of this stack/,
    /one of "analytics"/,
  ],
  [accounts({ namespaces: [] }), "gateway.serviceAccounts[0].namespaces", /./, /analytics/],
  [accounts({ namespaces: undefined }), "gateway.serviceAccounts[0].namespaces", /is missing/, /analytics/],
  [accounts({ namespace: "*" }), "gateway.serviceAccounts[0].namespace", /./, /airflow/],
  [accounts({ name: "system:admin" }), "gateway.serviceAccounts[0].name", /./, /scheduler/],
  [accounts({ role: "owner" }), "gateway.serviceAccounts[0].role", /./, /user/],
  [
    accounts({}, { role: "admin" }),
    "gateway.serviceAccounts[1].name",
    /"scheduler" is gateway\.serviceAccounts\[0\] too/,
    /each service account once/,
  ],
  [
    pages({ identity: { ...oidc, insecureSkipEmailVerified: "yes" } }),
    "ui.identity.insecureSkipEmailVerified",
    /./,
    /true/,
  ],
  [api({ registerToken: 0 }), "gateway.registerToken", /0/, /one more/],
  [api({ limits: { perMinute: 0 } }), "gateway.limits.perMinute", /0 is below/, /120/],
  [api({ limits: { perHour: 1 } }), "gateway.limits.perHour", /not a key/, /perUserPerMinute/],
  [api({ database: { kind: "mysql" } }), "gateway.database.kind", /./, /postgres/],
  [
    api({ database: { kind: "postgres", url: "mysql://root:hunter2@db" } }),
    "gateway.database.url",
    /^the value \(not shown\) is not the URL of a PostgreSQL/,
    /postgres:\/\//,
  ],
  [
    api({ certificate: { kind: "cert-manager", issuer: "acme" } }),
    "gateway.certificate.kind",
    /does not go with kind node-port/,
    /kind ingress/,
  ],
  [
    { ...pages({}), ...api({ host: "spark.test" }) },
    "gateway.host",
    /"spark\.test" is ui\.host too/,
    /another one/,
  ],
  [
    { ...pages({ identity: dex }), ...api({ host: "login.test" }) },
    "gateway.host",
    /is ui\.identity\.host too/,
    /another one/,
  ],
  [
    { registry: { kind: "in-cluster", host: "registry.test", nodePort: 30445 }, ...api({}) },
    "gateway.nodePort",
    /30445 is registry\.nodePort too/,
    /another one/,
  ],
];

testProblems(right, wrong);
