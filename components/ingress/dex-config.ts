/** A person that Dex knows. */
export interface DexUser {
  readonly email: string;
  readonly groups: readonly string[];
}

export interface DexConfigArgs {
  readonly issuer: string;
  /** Whether an Ingress, which talks plain HTTP, is before it. */
  readonly behindIngress: boolean;
  readonly clientId: string;
  readonly clientSecret: string;
  /** Where a browser goes back to. */
  readonly redirectUri: string;
  readonly users: readonly (DexUser & { readonly passwordHash: string })[];
}

export const ports = { https: 8443, http: 8080 } as const;
export const tlsFolder = "/etc/dex/tls";
export const configFolder = "/etc/dex/config";
export const configFile = "dex.json";

/** Dex's configuration (v2.45, cmd/dex/config.go). It holds the client's secret and the users' hashes. JSON is YAML. */
export function dexConfig(args: DexConfigArgs): string {
  const config = {
    issuer: args.issuer,
    // Keys and sessions live as long as the pod.
    storage: { type: "memory" },
    web: {
      https: `0.0.0.0:${ports.https}`,
      tlsCert: `${tlsFolder}/tls.crt`,
      tlsKey: `${tlsFolder}/tls.key`,
      tlsMinVersion: "1.2",
      ...(args.behindIngress && { http: `0.0.0.0:${ports.http}` }),
      headers: {
        "Strict-Transport-Security": "max-age=31536000",
        "X-Frame-Options": "deny",
        "X-Content-Type-Options": "nosniff",
      },
    },
    frontend: { issuer: "Spark platform" },
    oauth2: {
      grantTypes: ["authorization_code", "refresh_token"],
      responseTypes: ["code"],
      // There is one client, and it is the platform's own.
      skipApprovalScreen: true,
    },
    staticClients: [
      {
        id: args.clientId,
        name: "Spark platform",
        secret: args.clientSecret,
        redirectURIs: [args.redirectUri],
      },
    ],
    enablePasswordDB: true,
    staticPasswords: args.users.map(({ email, groups, passwordHash }) => ({
      email,
      username: email,
      userID: email,
      groups,
      hash: passwordHash,
    })),
  };
  return JSON.stringify(config, null, 2);
}
