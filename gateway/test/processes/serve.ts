/**
 * A gateway for tests in other languages: `node gateway/test/processes/serve.ts [--tls]`. The gateway is the real one, as a
 * process of its own; its cluster and its store are fakes, where a stand-in for the operator runs the jobs.
 *
 * The first line on stdout is JSON: `{ api, namespace, cluster, registerToken, authority? }`, the PEM with `--tls`. After
 * that, each line of JSON on stdin is a command and is answered by one line: `{ "done": … }` or `{ "failed": "why" }`. It
 * ends, with all that it has started, when stdin ends.
 */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

import { z } from "zod";

import { parseJson } from "../../../local/kube/json.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import { signedByOwnAuthority } from "../support/certificate.ts";
import { kubeConfigOf, startFakeCluster } from "../support/fake-cluster.ts";
import { startFakeS3 } from "../support/fake-s3.ts";
import { onlyAnalytics, samplePages, samplePlatform } from "../support/job-samples.ts";
import { OwnScope } from "../support/scope.ts";
import { RestartableGateway } from "./restartable-gateway.ts";
import { standInOperator } from "./stand-in-operator.ts";

const [namespace = ""] = Object.keys(onlyAnalytics.namespaces);
const id = z.string();

const commandSchema = z.discriminatedUnion("do", [
  /** Adds lines to a driver's log. */
  z.strictObject({ do: z.literal("say"), id, lines: z.array(z.string()) }),
  /** Ends a job whose name begins with `hold`. */
  z.strictObject({ do: z.literal("finish"), id }),
  /** Stops the gateway in order and starts it again, at the same address. */
  z.strictObject({ do: z.literal("restart") }),
  /** Sets the gateway's clock ahead of the real one. */
  z.strictObject({ do: z.literal("ahead"), seconds: z.int() }),
  /** Answers the SparkApplication as the cluster has it. */
  z.strictObject({ do: z.literal("application"), id }),
  /** Answers the ConfigMap of an application's code. */
  z.strictObject({ do: z.literal("code"), id }),
  /** Answers the size of an object in the store. */
  z.strictObject({ do: z.literal("stored"), key: z.string() }),
]);

const scope = new OwnScope();
try {
  await serve();
} finally {
  await scope.close();
}

async function serve(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "gateway-serve-"));
  scope.after(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  const file = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };
  const cluster = await startFakeCluster(scope);
  const store = await startFakeS3(scope);
  const operator = standInOperator(scope, cluster, namespace);
  const tls = process.argv.includes("--tls") ? await signedByOwnAuthority("localhost") : undefined;
  const registerToken = mintToken("register");
  const endless = 1_000_000;
  const told = samplePlatform({
    ...onlyAnalytics,
    storage: store.storage,
    pages: samplePages,
    limits: { perUserPerMinute: endless, perMinute: endless },
  });
  const gateway = await RestartableGateway.start(scope, {
    DATA_FOLDER: folder,
    BOOTSTRAP_TOKEN_SHA256: hashToken(registerToken),
    KUBECONFIG: file("kubeconfig.json", kubeConfigOf(cluster.url).exportConfig()),
    PLATFORM_FILE: file("platform.json", JSON.stringify(told)),
    // The fake store looks at no signature.
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "test-secret",
    ...(tls && { TLS_CERTIFICATE: tls.certificate, TLS_KEY: tls.key }),
  });

  const obey = async (command: z.output<typeof commandSchema>): Promise<unknown> => {
    switch (command.do) {
      case "say":
        operator.say(command.id, command.lines);
        return null;
      case "finish":
        operator.finish(command.id);
        return null;
      case "restart":
        await gateway.restart();
        return null;
      case "ahead":
        await gateway.setAhead(command.seconds);
        return null;
      case "application":
        return cluster.objects.get("sparkapplications", namespace, command.id) ?? null;
      case "code":
        return cluster.objects.get("configmaps", namespace, command.id) ?? null;
      case "stored":
        return store.objects.get(command.key)?.bytes.length ?? null;
    }
  };

  const api = tls === undefined ? gateway.api : gateway.api.replace(/^http:\/\/[^:]+/, "https://localhost");
  const authority = tls?.authority;
  answer({ api, namespace, cluster: told.cluster, registerToken, authority });
  for await (const line of createInterface(process.stdin)) {
    try {
      answer({ done: await obey(commandSchema.parse(parseJson(line))) });
    } catch (error) {
      answer({ failed: String(error) });
    }
  }
}

function answer(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
