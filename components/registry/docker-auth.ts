/** Docker's configuration file (JSON) that logs in to one registry, as docker, buildah and Kubernetes read it. */
export function dockerAuth(host: string, username: string, password: string): string {
  const auth = Buffer.from(`${username}:${password}`).toString("base64");
  return JSON.stringify({ auths: { [host]: { username, password, auth } } });
}
