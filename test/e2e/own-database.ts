import { condition } from "../../local/kube/json.ts";
import { until } from "../../local/kube/wait.ts";
import type { Kube } from "../../local/kube/kube.ts";

const namespace = "e2e-database";
const labels = { app: "database" };
const options = { fieldManager: "e2e" };
const password = "e2e-database-password";

/** What the gateway reaches it by. */
export const ownDatabaseUrl = `postgres://gateway:${password}@database.${namespace}.svc.cluster.local/postgres`;

/** Where the image's Debian package has its programs; the public image is made of the same package. */
const start = `
PATH=$PATH:$(echo /usr/lib/postgresql/*/bin)
initdb --pgdata=/tmp/data --username=gateway --pwfile=/etc/database/password --auth-host=scram-sha-256
echo "host all all all scram-sha-256" >> /tmp/data/pg_hba.conf
exec postgres -D /tmp/data -c listen_addresses=* -c unix_socket_directories=/tmp
`;

/** A PostgreSQL that the platform knows nothing of, which loses everything with its pod. */
export async function startOwnDatabase(kube: Kube): Promise<void> {
  const named = { namespace, name: "database" };
  const apply = (object: Readonly<Record<string, unknown>>): Promise<unknown> => kube.apply(object, options);
  await apply({ apiVersion: "v1", kind: "Namespace", metadata: { name: namespace } });
  await apply({ apiVersion: "v1", kind: "Secret", metadata: named, stringData: { password } });
  const container = {
    name: "database",
    image: "docker.io/library/postgres:15",
    command: ["sh", "-ec", start],
    readinessProbe: { tcpSocket: { port: 5432 }, periodSeconds: 1 },
    volumeMounts: [{ name: "password", mountPath: "/etc/database" }],
  };
  await apply({
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: named,
    spec: {
      selector: { matchLabels: labels },
      template: {
        metadata: { labels },
        spec: {
          containers: [container],
          volumes: [{ name: "password", secret: { secretName: "database" } }],
        },
      },
    },
  });
  await apply({
    apiVersion: "v1",
    kind: "Service",
    metadata: named,
    spec: { selector: labels, ports: [{ port: 5432 }] },
  });
  await until("the test's own database to be available", 60_000, async () => {
    const available = condition(
      await kube.read({ apiVersion: "apps/v1", kind: "Deployment", ...named }),
      "Available",
    );
    return available?.status === "True"
      ? { done: undefined }
      : { waiting: available?.message ?? "no condition" };
  });
}

export async function stopOwnDatabase(kube: Kube): Promise<void> {
  const ref = { apiVersion: "v1", kind: "Namespace", name: namespace };
  await kube.remove(ref);
  await until("the test's own database to be gone", 120_000, async () =>
    (await kube.find(ref)) === undefined ? { done: undefined } : { waiting: "the namespace is there" },
  );
}
