import { callbackPath, type Identity } from "./identity.ts";

/** Who gets in: members of one of the groups, if there are any, whose email is of one of the domains, if any. */
export interface Allowed {
  readonly groups: readonly string[];
  readonly domains: readonly string[];
}

/** Whether some are let in, and not everybody. */
export function isLimited({ groups, domains }: Allowed): boolean {
  return groups.length > 0 || (domains.length > 0 && !domains.includes("*"));
}

export interface ProxyConfigArgs {
  /** `https://HOST[:PORT]`, as browsers see it. */
  readonly url: string;
  readonly tls: boolean;
  readonly identity: Pick<Identity, "scopes" | "groupsClaim" | "adminGroup" | "endpoints"> & {
    readonly issuer: string;
    readonly clientId: string;
    readonly ownAuthority: boolean;
  };
  readonly allowed: Allowed;
  /** URL, without a path, of the server behind it, which gets the front door's token and who the visitor is. */
  readonly upstream: string;
}

export const ports = { https: 8443, http: 8080 } as const;

/** Where the pod has each file. */
export const folders = {
  config: "/etc/oauth2-proxy/config",
  secrets: "/etc/oauth2-proxy/secrets",
  tls: "/etc/oauth2-proxy/tls",
};
/** Files with secrets, in `folders.secrets`. */
export const secretFiles = {
  cookie: "cookie-secret",
  client: "client-secret",
  authorization: "authorization",
} as const;
const authorityFile = "identity-ca.crt";
const hstsFile = "hsts";

/** A year; of this host alone, since others of the domain are not ours. */
const hsts = "max-age=31536000";

/** The files of the ConfigMap; none holds a secret. */
export function proxyFiles(args: ProxyConfigArgs, authority: string | undefined): Record<string, string> {
  return {
    "oauth2-proxy.toml": toml(coreOptions(args)),
    // JSON is YAML. The proxy takes `$` for the begin of a variable's name.
    "alpha.yaml": JSON.stringify(alphaOptions(args), null, 2).replaceAll("$", "$$$$"),
    [hstsFile]: hsts,
    ...(authority !== undefined && { [authorityFile]: authority }),
  };
}

/** Options that have no place in the newer file (oauth2-proxy 7.15, pkg/apis/options/options.go). */
function coreOptions({
  url,
  allowed,
}: ProxyConfigArgs): Record<string, string | boolean | number | string[]> {
  return {
    redirect_url: `${url}${callbackPath}`,
    // Of what a client or a proxy before this one says in X-Forwarded-* nothing is believed.
    reverse_proxy: false,
    skip_provider_button: true,
    email_domains: allowed.domains.length === 0 ? ["*"] : [...allowed.domains],
    // The prefix binds it to this very host, over TLS.
    cookie_name: "__Host-spark",
    cookie_secret_file: `${folders.secrets}/${secretFiles.cookie}`,
    cookie_secure: true,
    cookie_httponly: true,
    // Not `strict`: the way back from the log-in comes from another site.
    cookie_samesite: "lax",
    // Who does nothing for that long logs in again; whoever left a group is out after the refresh at the latest.
    cookie_expire: "12h",
    cookie_refresh: "30m",
    // Tabs may log in at the same time.
    cookie_csrf_per_request: true,
    cookie_csrf_per_request_limit: 10,
    silence_ping_logging: true,
  };
}

function toml(options: Record<string, string | boolean | number | string[]>): string {
  const lines = Object.entries(options).map(([key, value]) => `${key} = ${JSON.stringify(value)}`);
  return `${lines.join("\n")}\n`;
}

function alphaOptions(args: ProxyConfigArgs): object {
  return {
    server: args.tls
      ? {
          secureBindAddress: `:${ports.https}`,
          tls: {
            cert: { fromFile: `${folders.tls}/tls.crt` },
            key: { fromFile: `${folders.tls}/tls.key` },
            minVersion: "TLS1.2",
          },
        }
      : { bindAddress: `:${ports.http}` },
    providers: [provider(args)],
    upstreamConfig: {
      // Paths as they were sent: what this one decoded and cleaned, the next would read in another way.
      proxyRawPath: true,
      upstreams: [{ id: "gateway", path: "/", uri: args.upstream, timeout: "30s" }],
    },
    injectRequestHeaders: requestHeaders,
    injectResponseHeaders: [fileHeader("Strict-Transport-Security", `${folders.config}/${hstsFile}`)],
  };
}

function provider({ identity, allowed }: ProxyConfigArgs): object {
  const { endpoints, adminGroup } = identity;
  const admins = adminGroup === undefined ? [] : [adminGroup];
  return {
    id: "identity",
    provider: "oidc",
    clientID: identity.clientId,
    clientSecretFile: `${folders.secrets}/${secretFiles.client}`,
    scope: identity.scopes.join(" "),
    code_challenge_method: "S256",
    // Without a group that is asked for, everybody of the domains is in, administrators too.
    allowedGroups: allowed.groups.length === 0 ? [] : [...new Set([...allowed.groups, ...admins])],
    // Without the claim the proxy takes an address for verified. The gateway behind it does not, and needs the claim.
    additionalClaims: [emailVerified],
    ...(identity.ownAuthority && { caFiles: [`${folders.config}/${authorityFile}`] }),
    oidcConfig: {
      issuerURL: identity.issuer,
      groupsClaim: identity.groupsClaim,
      // A token is good for the log-in that asked for it alone; the default is not to look.
      insecureSkipNonce: false,
      ...(endpoints && { skipDiscovery: true, jwksURL: endpoints.keys }),
    },
    ...(endpoints && { loginURL: endpoints.login, redeemURL: endpoints.token }),
  };
}

/** A header whose value is what a file holds. */
function fileHeader(name: string, file: string): object {
  return { name, values: [{ secretSource: { fromFile: file } }] };
}

/** The issuer's word on the address; the header is absent where it gives none. */
const emailVerified = "email_verified";

/** What servers are told of the visitor, by the session's claims. The user is the issuer's own id: it stays, emails change. */
const visitor = {
  "X-Forwarded-User": "user",
  "X-Forwarded-Email": "email",
  "X-Forwarded-Email-Verified": emailVerified,
  "X-Forwarded-Groups": "groups",
  "X-Forwarded-Preferred-Username": "preferred_username",
} as const;

/** What servers do not get: they would take it for the proxy's word, build links with it, or could act as the visitor. */
const stripped = [
  "Cookie",
  "X-Forwarded-Access-Token",
  "X-Auth-Request-User",
  "X-Auth-Request-Email",
  "X-Auth-Request-Groups",
  "X-Auth-Request-Preferred-Username",
  "X-Auth-Request-Access-Token",
  "X-Remote-User",
  "X-Real-IP",
  "Forwarded",
  "X-Forwarded-For",
  "X-Forwarded-Host",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Forwarded-Prefix",
  "X-Forwarded-Context",
];

/** Every header that is named here is the proxy's own: what a client sends under the name is dropped. */
const requestHeaders: readonly object[] = [
  fileHeader("Authorization", `${folders.secrets}/${secretFiles.authorization}`),
  ...Object.entries(visitor).map(([name, claim]) => ({ name, values: [{ claimSource: { claim } }] })),
  ...stripped.map((name) => ({ name, values: [] })),
];
