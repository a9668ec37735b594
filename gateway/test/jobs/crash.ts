import assert from "node:assert/strict";

import { textAt } from "../../../local/kube/json.ts";
import type { NewConfigMap } from "../../src/kubernetes/cluster.ts";
import { KubernetesCluster } from "../../src/kubernetes/kubernetes-cluster.ts";
import { eventually } from "../support/eventually.ts";
import { kubeConfigOf, type Fault } from "../support/fake-cluster.ts";
import { testOnStores } from "../support/stores.ts";
import { sampleRequest, startSubmitting } from "../support/submitting.ts";

const faults: Readonly<Record<string, Fault>> = {
  "a fault of the API server": { status: 500, message: "etcd is away" },
  "too many requests": { status: 429, message: "slow down" },
  "a connection that breaks before": "drop",
  "an answer that is lost": "drop-answer",
};

for (const [name, fault] of Object.entries(faults)) {
  testOnStores(
    `${name}, at any call of a submission, loses no job and runs none twice`,
    async (context, kind) => {
      const scene = await startSubmitting(context, kind);
      const { fake, clock, pace, store } = scene;
      let calls = 0;
      for (let failing = 1; ; failing++) {
        calls = 0;
        fake.fault = ({ method }) => (method === "POST" && ++calls === failing ? fault : undefined);
        const { status, body } = await scene.submit(sampleRequest(), `key-${failing}`);
        const id = textAt(body, "id") ?? "";
        if (calls < failing) {
          assert.equal(status, 201);
          break;
        }
        assert.deepEqual([status, textAt(body, "state")], [202, "QUEUED"]);
        clock.now += 5000;
        await eventually(`${id} is submitted`, async () => {
          pace.advance(5000);
          const row = await store.db
            .selectFrom("applications")
            .selectAll()
            .where("id", "=", id)
            .executeTakeFirst();
          return row?.state === "SUBMITTED";
        });
        assert.equal(fake.objects.list("sparkapplications").length, failing);
        assert.equal(fake.objects.list("configmaps").length, failing);
        // The retry of a client that was told to wait.
        const again = await scene.submit(sampleRequest(), `key-${failing}`);
        assert.deepEqual([again.status, textAt(again.body, "state")], [200, "SUBMITTED"]);
      }
      assert.equal(calls, 2, "the application and its code");
    },
  );
}

/** A cluster after whose last answer something happens. */
class ThenCluster extends KubernetesCluster {
  readonly #then: () => Promise<void>;

  constructor(url: string, then: () => Promise<void>) {
    super(kubeConfigOf(url));
    this.#then = then;
  }

  override async createConfigMap(configMap: NewConfigMap): Promise<void> {
    await super.createConfigMap(configMap);
    await this.#then();
  }
}

testOnStores(
  "a store that fails once the cluster has it loses no job and runs none twice",
  async (context, kind) => {
    let times = 0;
    const rename = (from: string, to: string): Promise<void> =>
      scene.store.db.schema.alterTable(from).renameTo(to).execute();
    const scene = await startSubmitting(context, kind, {
      cluster: ({ url }) =>
        new ThenCluster(url, () =>
          ++times === 1 ? rename("application_states", "away") : Promise.resolve(),
        ),
    });
    const { fake, clock, pace, store } = scene;
    assert.equal((await scene.submit(sampleRequest(), "k")).status, 500);
    await rename("away", "application_states");
    const again = await scene.submit(sampleRequest(), "k");
    assert.deepEqual([again.status, textAt(again.body, "state")], [200, "QUEUED"]);
    clock.now += 30_000;
    await eventually("it is submitted", async () => {
      pace.advance(5000);
      const row = await store.db.selectFrom("applications").selectAll().executeTakeFirst();
      return row?.state === "SUBMITTED";
    });
    assert.equal(times, 2);
    assert.equal(fake.objects.list("sparkapplications").length, 1);
  },
);
