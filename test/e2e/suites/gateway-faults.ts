import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before, describe, it } from "node:test";

import { listAt, textAt } from "../../../local/kube/json.ts";
import { until } from "../../../local/kube/wait.ts";
import type { Api } from "../api.ts";
import { e2eEnvironment } from "../environment.ts";
import { gatewayPods, upWithGateway } from "../gateway.ts";
import { lastLines, withLastWords } from "../last-words.ts";
import { E2ePlatform, report } from "../platform.ts";
import { scale, store } from "../rollouts.ts";
import { team } from "../stack.ts";
import { submission, Submitter } from "../submitter.ts";

const ticks = 90;

/** Prints a line every half second. */
const ticking = `
import time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
for number in range(${ticks}):
    print("tick", number, flush=True)
    time.sleep(0.5)
spark.stop()
`;
/** Ends its JVM at once when the store is away: nothing of it waits for the store then. */
const dying = `
import os, signal, socket, time
from pyspark.sql import SparkSession
spark = SparkSession.builder.getOrCreate()
print("last words", flush=True)
while True:
    try:
        socket.create_connection(("store.${store.namespace}.svc", 7070), 1).close()
    except OSError:
        os.kill(os.getppid(), signal.SIGKILL)
    time.sleep(0.5)
`;

describe("the gateway while others fail", () => {
  let platform: E2ePlatform;
  let api: Api;
  let ann: Submitter;
  const { apiServer } = e2eEnvironment(process.env);

  before(async () => {
    platform = await E2ePlatform.open("e2e-gateway-faults");
    const opened = await upWithGateway(platform);
    api = opened.api;
    ann = new Submitter(api, await api.join(opened.admin, "ann", "user"));
  });
  after(async () => {
    await platform.close();
  });

  const skip =
    apiServer === undefined && "needs E2E_API_SERVER, a command that stops and starts the API server";
  it(
    "keeps what is submitted while the API server is away, and follows a log through it",
    { skip },
    async () => {
      assert.ok(apiServer !== undefined);
      const running = await ann.submit(submission("ticking", ticking), "ticking");
      const followed = ann.followed(running);
      await ann.reaches(running, "RUNNING");
      // Before that, Spark itself cannot do without the API server.
      await ann.says(running, "tick 0");
      execFileSync(apiServer, ["stop"]);
      const waiting = await ann.submit(submission("meanwhile", `print("hello")`), "meanwhile").finally(() => {
        execFileSync(apiServer, ["start"]);
      });
      assert.equal(textAt(await ann.read(waiting), "state"), "QUEUED");
      await ann.reaches(waiting, "SUCCEEDED");
      await ann.reaches(running, "SUCCEEDED");
      const stream = await followed;
      const seen = [...stream.matchAll(/tick (\d+)/g)].map(([, number]) => Number(number));
      assert.deepEqual(seen, [...Array(ticks).keys()]);
      assert.match(stream, /^event: end$/m);
      const states = listAt(await ann.read(running), "states").map((each) => textAt(each, "state"));
      report(`${running}: ${states.join(", ")}`);
    },
  );

  it("says that the store is down, and keeps the log of what ended meanwhile when it is back", async () => {
    const archived = await ann.submit(submission("before", `print("before it")`), "before");
    await ann.reaches(archived, "SUCCEEDED");
    await inBucket(archived);
    await removeDriver(archived);
    const id = await ann.submit(submission("dying", dying), "dying");
    await ann.reaches(id, "RUNNING");
    await ann.says(id, "last words");

    await scale(platform.kube, store, 0);
    const { reason, hint } = reasonOf(await ann.reaches(id, "FAILED"));
    report(`${id}: ${reason} | ${hint}`);
    const away = await api.call("GET", `/v1/applications/${archived}/logs`, { token: ann.token });
    assert.deepEqual([away.status, textAt(away.body, "code")], [503, "storage-unavailable"]);
    assert.match(await ann.log(id), /last words/);
    await scale(platform.kube, store, 1);

    await inBucket(id);
    await removeDriver(id);
    assert.match(await ann.log(id), /last words/);
    assert.match(await ann.log(archived), /before it/);
  });

  const inBucket = async (id: string): Promise<void> => {
    // A way to the store ends with its pod.
    const bucket = await platform.bucket({ namespace: store.namespace, name: "bucket-setup" });
    const there = until(`the log of ${id} in the bucket`, 300_000, async () => {
      const keys = await bucket.keys(`logs/${id}/`);
      return keys.includes(`logs/${id}/${id}-driver.log.gz`)
        ? { done: undefined }
        : { waiting: keys.join(" ") };
    });
    const warnings = /"level":"(?:warn|error)"/;
    await withLastWords(there, () => lastLines(platform.kube, gatewayPods.namespace, warnings));
  };
  const removeDriver = async (id: string): Promise<void> => {
    const pod = { apiVersion: "v1", kind: "Pod", namespace: team, name: `${id}-driver` };
    await platform.kube.remove(pod);
    await until("the pod to be gone", 60_000, async () =>
      (await platform.kube.find(pod)) === undefined ? { done: undefined } : { waiting: pod.name },
    );
  };
});

function reasonOf(application: unknown): { readonly reason: string; readonly hint: string } {
  return { reason: textAt(application, "reason") ?? "", hint: textAt(application, "hint") ?? "" };
}
