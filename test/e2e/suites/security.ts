import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";

import { prefixes } from "../../../components/storage/object-store.ts";
import { numberAt, parseJson, recordAt, textAt } from "../../../local/kube/json.ts";
import { application, describeApplication, podLog } from "../applications.ts";
import type { Bucket } from "../bucket.ts";
import { output, uri, wordCountTo } from "../deliveries.ts";
import { folderAttempts } from "../folder-attempts.ts";
import { E2ePlatform, report } from "../platform.ts";
import { job, team } from "../stack.ts";
import { driverMay, inTeam, refusal, teamPod, teamQuota } from "../team-access.ts";

/** Jobs that ask the API server for all that jobs ask for: executors that come and go, on each version of Spark. */
const ordinary = Object.fromEntries(
  Object.entries({ ordinary: "4.0.4", "ordinary-3-5": "3.5.8" }).map(([name, sparkVersion]) => [
    name,
    {
      ...wordCountTo(name),
      sparkVersion,
      dynamicAllocation: { minExecutors: 0, maxExecutors: 2, initialExecutors: 2 },
      sparkConf: { "spark.dynamicAllocation.executorIdleTimeout": "1s" },
    },
  ]),
);
const intruder = job({
  code: { file: "test/e2e/code/intruder.py" },
  arguments: [uri(output("intruder"))],
});

describe("security", () => {
  let platform: E2ePlatform;
  let bucket: Bucket;

  before(async () => {
    platform = await E2ePlatform.open("e2e-security");
    await platform.up({ ...ordinary, intruder });
    bucket = await platform.bucket({ namespace: "spark-storage", name: "bucket-setup" });
  });
  after(async () => {
    await platform.close();
  });

  describe("the rights of a driver", () => {
    const given: Readonly<Record<string, readonly string[]>> = {
      pods: ["create", "get", "list", "watch", "delete", "deletecollection"],
      persistentvolumeclaims: ["create", "list", "delete", "deletecollection"],
      services: ["list", "delete", "deletecollection"],
    };
    const verbs = ["create", "get", "list", "watch", "update", "patch", "delete", "deletecollection"];
    const kinds = [
      ...["pods", "services", "persistentvolumeclaims", "configmaps", "secrets", "serviceaccounts", "events"],
      ...["endpoints", "resourcequotas", "limitranges", "replicationcontrollers", "nodes", "namespaces"],
      ...["pods/log", "pods/exec", "pods/attach", "pods/portforward", "pods/proxy", "pods/eviction"],
      ...["pods/ephemeralcontainers", "pods/status", "pods/binding", "pods/resize"],
      ...["services/proxy", "services/status", "serviceaccounts/token"],
      ...["roles", "rolebindings"].map((kind) => `${kind}.rbac.authorization.k8s.io`),
      ...["networkpolicies", "ingresses"].map((kind) => `${kind}.networking.k8s.io`),
      ...["deployments", "statefulsets", "daemonsets"].map((kind) => `${kind}.apps`),
      "jobs.batch",
      "endpointslices.discovery.k8s.io",
      "sparkapplications.sparkoperator.k8s.io",
    ];

    it("are those that Spark needs, and no others", async () => {
      const rights = kinds.flatMap((kind) => verbs.map((verb) => [kind, verb] as const));
      for (const [kind, verb] of rights) {
        const may = await driverMay(platform.kube, `${verb} ${kind}`);
        assert.equal(may, given[kind]?.includes(verb) === true, `${verb} ${kind}`);
      }
    });

    it("suffice: executors come and go on each version of Spark, and no driver misses a right", async () => {
      for (const name of Object.keys(ordinary)) {
        const seen = await application(platform.kube, team, name, ["COMPLETED"]);
        report(describeApplication(seen));
        assert.doesNotMatch(await podLog(platform.kube, team, seen.driverPod), /forbidden|is not allowed/i);
      }
    });

    it("refuse a driver that asks for more", async () => {
      report(describeApplication(await application(platform.kube, team, "intruder", ["COMPLETED"])));
      const answers = recordAt(parseJson(await bucket.onlyText(output("intruder"))));
      const { "look at pods": look, "try a pod": pod, ...others } = answers;
      // That it can ask at all.
      assert.deepEqual([numberAt(look, "status"), numberAt(pod, "status")], [200, 201]);
      assert.ok(Object.keys(others).length >= 10);
      for (const [what, answer] of Object.entries(others)) {
        assert.equal(numberAt(answer, "status"), 403, `${what}: ${textAt(answer, "message") ?? ""}`);
        if (what.startsWith("system-")) assert.match(textAt(answer, "message") ?? "", /no-system-priority/);
      }
    });
  });

  describe("the quota of a team, for whoever has the rights", () => {
    const service = (type: string): ReturnType<typeof inTeam> =>
      inTeam("Service", { type, ports: [{ port: 443 }] });

    it("admits a pod and a service as jobs have them", async () => {
      assert.equal(await refusal(platform.kube, teamPod()), undefined);
      assert.equal(await refusal(platform.kube, service("ClusterIP")), undefined);
    });

    for (const type of ["NodePort", "LoadBalancer"]) {
      it(`refuses a service of type ${type}`, async () => {
        assert.match((await refusal(platform.kube, service(type))) ?? "", /exceeded quota: team/);
      });
    }

    for (const priorityClassName of ["system-node-critical", "system-cluster-critical"]) {
      it(`refuses a pod of priority ${priorityClassName}`, async () => {
        const said = await refusal(platform.kube, teamPod({ priorityClassName }));
        assert.match(said ?? "", /exceeded quota: no-system-priority/);
      });
    }

    it("refuses a pod that would take more of its node's disk than any may", async () => {
      const said = await refusal(platform.kube, teamPod({}, { limits: { "ephemeral-storage": "101Gi" } }));
      assert.match(said ?? "", /maximum ephemeral-storage usage per Container is 100Gi/);
    });

    it("refuses a claim of more than all volumes together may have", async () => {
      const claim = { accessModes: ["ReadWriteOnce"], resources: { requests: { storage: "1025Gi" } } };
      const said = await refusal(platform.kube, inTeam("PersistentVolumeClaim", claim));
      assert.match(said ?? "", /exceeded quota: team, requested: requests\.storage=1025Gi/);
    });

    it("counts all that a driver could fill the cluster with", async () => {
      for (const kind of ["count/pods", "configmaps", "services", "persistentvolumeclaims"])
        // Kubernetes writes 6000 as 6k.
        assert.match(await teamQuota(platform.kube, "team", kind), /^[1-9]\d*k?$/, kind);
    });
  });

  describe("the folders of the bucket", () => {
    for (const [purpose, namespace] of [
      ["jobs", team],
      ["operator", "spark-operator"],
    ] as const) {
      it(`cannot be replaced or removed with the keys of ${purpose}`, async () => {
        const keys = await platform.bucket({ namespace, name: `s3-${purpose}` });
        assert.deepEqual(await folderAttempts(keys), []);
      });
    }

    it("are still folders, in which jobs write", async () => {
      for (const prefix of Object.values(prefixes))
        assert.ok((await bucket.keys(prefix)).includes(prefix), prefix);
      const jobs = await platform.bucket({ namespace: team, name: "s3-jobs" });
      await jobs.put("datasets/e2e/after.txt", "still here");
      await jobs.remove("datasets/e2e/after.txt");
    });
  });
});
