import assert from "node:assert/strict";
import { once } from "node:events";

import { pino } from "pino";
import { Registry } from "prom-client";

import { textAt } from "../../../local/kube/json.ts";
import { startDispatcher } from "../../src/jobs/dispatcher.ts";
import { claimMs } from "../../src/jobs/queue.ts";
import { submissionMetrics } from "../../src/jobs/submission-metrics.ts";
import { submit } from "../../src/jobs/submit.ts";
import { prepareSubmission } from "../../src/jobs/submission.ts";
import type { ApplicationRow } from "../../src/store/application-tables.ts";
import { openStore } from "../../src/store/store.ts";
import { bootstrap } from "../../src/tokens/bootstrap.ts";
import { register } from "../../src/tokens/register.ts";
import { hashToken, mintToken } from "../../src/tokens/token.ts";
import type { Tokens } from "../../src/tokens/tokens.ts";
import { eventually } from "../support/eventually.ts";
import { startFakeCluster } from "../support/fake-cluster.ts";
import { samplePlatform } from "../support/job-samples.ts";
import { newLocation, testOnStores } from "../support/stores.ts";
import { sampleRequest } from "../support/submitting.ts";
import { send, startProcess } from "./gateway-process.ts";

const dieAt = new URL("die-at.ts", import.meta.url);
const program = new URL("submit-gateway.ts", import.meta.url);

testOnStores(
  "a gateway that is killed at any step of a submission loses no job and runs none twice",
  async (context, kind) => {
    const location = await newLocation(context, kind);
    const fake = await startFakeCluster(context, 10_000);
    const environment = { LOCATION: JSON.stringify(location), KUBERNETES: fake.url };
    const store = await openStore(location, () => undefined);
    const tokens: Tokens = { store, now: Date.now, graceMs: 60_000 };
    const registerToken = mintToken("register");
    await bootstrap(tokens, hashToken(registerToken));
    const call = { requestId: "test", address: "test", subject: undefined };
    const { accessToken: token, clientName } = await register(tokens, call, registerToken);
    await store.close();

    /** Whether the gateway had told the client, when it was killed before its nth step. */
    const submitAndKill = async (step: number, key: string): Promise<boolean> => {
      const gateway = await startProcess(context, environment, dieAt, program);
      gateway.child.send({ dieAt: step });
      await once(gateway.child, "message");
      const answer = await send(`${gateway.api}/v1/applications`, {
        token,
        body: sampleRequest(),
        headers: { "idempotency-key": key },
      }).catch(() => undefined);
      gateway.child.kill("SIGKILL");
      assert.equal(await gateway.ended, "SIGKILL");
      if (answer !== undefined) assert.equal(answer.status, 201, JSON.stringify(answer.body));
      return answer !== undefined;
    };

    let step = 0;
    for (let told = false; !told;) {
      step += 1;
      const key = `key-${step}`;
      told = await submitAndKill(step, key);
      // The next gateway, later: the claim of the one before is over.
      const next = await openStore(location, () => undefined);
      const jobs = {
        store: next,
        cluster: fake.cluster,
        platform: samplePlatform(),
        now: () => Date.now() + claimMs + 1000,
        logger: pino({ level: "silent" }),
      };
      const metrics = submissionMetrics(new Registry(), jobs);
      const prepared = prepareSubmission({
        body: sampleRequest(),
        owner: clientName,
        idempotencyKey: key,
        platform: jobs.platform,
      });
      assert.ok(prepared.ok);
      const { id } = prepared.value;
      const row = (): Promise<ApplicationRow | undefined> =>
        next.db.selectFrom("applications").selectAll().where("id", "=", id).executeTakeFirst();
      const dispatcher = startDispatcher(jobs, metrics);
      // What the store knows is run without the client; what it does not, the client sends again.
      if ((await row()) === undefined) await submit({ jobs, dispatcher, metrics }, prepared.value, key);
      await eventually(`step ${step}: it is submitted`, async () => (await row())?.state === "SUBMITTED");
      await dispatcher.stop();
      const { uid, code } = (await row()) ?? assert.fail();
      assert.equal(textAt(fake.objects.get("sparkapplications", "team-a", id), "metadata", "uid"), uid);
      assert.ok(fake.objects.get("configmaps", "team-a", id), `step ${step}: its code is there`);
      assert.equal(code, null);
      assert.equal(fake.objects.list("sparkapplications").length, step, "none twice");
      assert.equal((await next.db.selectFrom("applications").select("id").execute()).length, step);
      await next.close();
    }
    // Statements of three transactions, two calls of Kubernetes, the answer.
    assert.ok(step > 15, `only ${step} steps were seen`);
  },
);
