import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { fileURLToPath } from "node:url";

import { chooseEngine } from "../../../images/engine.ts";
import { at, isRecord, listAt, parseJson, textAt, type Fields } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import { sparkRef } from "../applications.ts";
import type { Bucket } from "../bucket.ts";
import { startConnectProxy, type ConnectProxy } from "../connect-proxy.ts";
import { output, text, uri } from "../deliveries.ts";
import { e2eEnvironment } from "../environment.ts";
import { embeddedGateway, gatewayOutput, gatewayPods, url } from "../gateway.ts";
import { E2ePlatform, report } from "../platform.ts";
import { PythonClient, type Environment } from "../python-client.ts";
import { nodeAddress, restart } from "../rollouts.ts";
import { team } from "../stack.ts";

const code = (name: string): string => fileURLToPath(new URL(`../code/${name}`, import.meta.url));
const lines = 90;

describe("the Python client", () => {
  let platform: E2ePlatform;
  let bucket: Bucket;
  let client: PythonClient;
  let proxy: ConnectProxy;
  /** Of anybody, without a token. */
  let anybody: Environment;
  let admin: Environment;
  let ann: Environment;

  before(async () => {
    platform = await E2ePlatform.open("e2e-client");
    client = await PythonClient.install();
    await platform.up({}, { gateway: embeddedGateway(platform) });
    bucket = await platform.bucket({ namespace: "spark-storage", name: "bucket-setup" });
    // The test's name of the API is nobody's but the proxy's.
    proxy = await startConnectProxy(await nodeAddress(platform.kube));
    anybody = {
      SPARKPLATFORM_URL: url,
      SPARKPLATFORM_CA: client.file("ca.pem", gatewayOutput(platform, "certificateAuthority")),
      HTTPS_PROXY: proxy.url,
    };
    admin = { ...anybody, SPARKPLATFORM_CONFIG_DIR: client.newTokens() };
    ann = { ...anybody, SPARKPLATFORM_CONFIG_DIR: client.newTokens() };
  });
  after(async () => {
    proxy.close();
    client.close();
    await platform.close();
  });

  /** Runs a script as ann, whose job succeeds; returns its id. */
  const succeeds = async (script: string, ...given: readonly string[]): Promise<string> => {
    const begun = performance.now();
    const said = await client.result(script, { arguments: given, environment: ann });
    assert.equal(textAt(said, "state"), "SUCCEEDED", JSON.stringify(said));
    report(`${script} ${given.join(" ")}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
    return textAt(said, "id") ?? "";
  };
  const podsOf = async (id: string): Promise<readonly Fields[]> => {
    const labelSelector = `sparkoperator.k8s.io/app-name=${id}`;
    return platform.kube.list("v1", "Pod", { namespace: team, labelSelector });
  };
  const problem = async (environment: Environment): Promise<string> => {
    const said = await client.result("problem", { arguments: [], environment });
    report(`${textAt(said, "type") ?? ""}: ${textAt(said, "message") ?? ""}`);
    return `${textAt(said, "type") ?? ""}: ${textAt(said, "message") ?? ""}`;
  };

  it("lets an admin make a token for a user, who is refused what is the admin's", async () => {
    // 60 s: a token that ends while jobs of the next tests run.
    const made = await client.result("admin", {
      arguments: ["ann", "60"],
      environment: { ...admin, REGISTER_TOKEN: gatewayOutput(platform, "registerToken") },
    });
    assert.equal(textAt(made, "role"), "admin");
    const token = textAt(made, "registerToken") ?? "";
    const me = await client.result("user", { arguments: [], environment: { ...ann, REGISTER_TOKEN: token } });
    assert.deepEqual([textAt(me, "name"), textAt(me, "role")], ["ann", "user"]);
    assert.match(textAt(me, "refused") ?? "", /admin/);
    report(textAt(me, "refused") ?? "");
  });

  it("runs a local file by two lines", async () => {
    await succeeds(
      "run",
      client.file(
        "hello.py",
        "from pyspark.sql import SparkSession\nSparkSession.builder.getOrCreate().stop()\n",
      ),
    );
  });

  it("runs code from S3 by three", async () => {
    await bucket.put("code/e2e/word_count.py", readFileSync("examples/word_count.py", "utf8"));
    await succeeds("run_from_s3", uri("code/e2e/word_count.py"), text, uri(output("client-s3")));
    assert.ok((await bucket.parquet(output("client-s3"))).length > 0);
  });

  it("sends a folder with its modules", async () => {
    await succeeds("run", code("client-folder"));
  });

  it("sends a file of 5 MB", async () => {
    const program = `text = "${"x".repeat(5_000_000)}"\nassert len(text) == 5_000_000\n`;
    const id = await succeeds("run", client.file("large.py", program));
    const application = await platform.kube.read(sparkRef(team, id));
    assert.match(textAt(application, "spec", "mainApplicationFile") ?? "", /^s3a:\/\/spark\/code\/uploads\//);
  });

  for (const wish of ["image", "spark_version"] as const) {
    it(`has pods as they were asked for, with another ${wish}`, async () => {
      const own = `${e2eEnvironment(process.env).registry}/e2e-client:1`;
      const images = {
        image: own,
        spark_version: textAt(platform.outputs, "sparkImages", "3.5.8") ?? "",
      };
      if (wish === "image") {
        const engine = await chooseEngine();
        await engine.push(textAt(platform.outputs, "sparkImages", "4.0.4") ?? "", own);
      }
      const value = wish === "image" ? own : "3.5.8";
      const id = Promise.withResolvers<string>();
      const running = client.run("overridden", {
        arguments: [code("environment.py"), uri(output(`client-${wish}`)), wish, value],
        environment: ann,
        onLine: (line) => {
          id.resolve(textAt(parseJson(line), "id") ?? "");
        },
      });
      const submitted = await Promise.race([id.promise, running.then(() => "")]);
      // Executors are there for as long as the job runs, and no longer.
      const pods = await until(`the pods of ${submitted}`, 300_000, async () => {
        const found = await podsOf(submitted);
        return found.length >= 2 ? { done: found } : { waiting: `${found.length} pods` };
      });
      assert.equal(textAt(parseJson((await running).at(-1) ?? ""), "state"), "SUCCEEDED");
      const executor = pods.find((pod) => textAt(pod, "metadata", "labels", "spark-role") === "executor");
      const [container] = listAt(executor, "spec", "containers");
      assert.equal(textAt(container, "image"), images[wish]);
      assert.equal(at(container, "resources", "requests", "cpu"), "200m");
      const environment = listAt(container, "env").filter(isRecord);
      assert.equal(environment.find(({ name }) => name === "STAGE")?.["value"], "test");
      assert.equal(environment.find(({ name }) => name === "SPARK_EXECUTOR_CORES")?.["value"], "2");
      const seen: unknown = JSON.parse(await bucket.onlyText(output(`client-${wish}`)));
      assert.deepEqual(at(seen, "arguments"), ["a b", "7"]);
      assert.equal(textAt(seen, "stage on the executor"), "test");
      assert.equal(textAt(seen, "partitions"), "3");
      assert.equal(textAt(seen, "version"), wish === "image" ? "4.0.4" : "3.5.8");
    });
  }

  it("follows a log across a restart of the gateway, each line once", async () => {
    let restarted: Promise<void> | undefined;
    const said = await client.run("follow", {
      arguments: [code("slowly.py")],
      environment: ann,
      onLine: (line) => {
        if (!line.endsWith("hello 3 10")) return;
        restarted ??= restart(platform.kube, gatewayPods);
      },
    });
    assert.ok(restarted, "its log was not followed");
    await restarted;
    const greeted = said.flatMap((line) => /hello (\d+) 10$/.exec(line)?.[1] ?? []).map(Number);
    assert.deepEqual(
      greeted,
      Array.from({ length: lines }, (_, index) => index),
    );
  });

  it("waits on when its token has ended", async () => {
    // Its access tokens live for 60 s, and the job for 90 at the least.
    await succeeds("run", code("slowly.py"));
  });

  it("says what is wrong, and what to do", async () => {
    const token = `spt_ref_${"x".repeat(43)}`;
    const stranger = { ...anybody, SPARKPLATFORM_CONFIG_DIR: client.newTokens() };
    assert.match(await problem({ ...stranger, SPARKPLATFORM_TOKEN: token }), /^AuthenticationError: /);
    const nowhere = { ...ann, SPARKPLATFORM_URL: "https://127.0.0.1:9", HTTPS_PROXY: "" };
    assert.match(await problem({ ...nowhere, SPARKPLATFORM_TOKEN: token }), /^GatewayUnreachable: /);
    // A login keeps the certificates that it came with, so that it is a stranger who has none.
    const distrustful = { ...stranger, SPARKPLATFORM_TOKEN: token, SPARKPLATFORM_CA: "" };
    assert.match(await problem(distrustful), /^CertificateError: .*SPARKPLATFORM_CA/s);
  });
});
