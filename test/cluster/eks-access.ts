import assert from "node:assert/strict";
import { describe, it } from "node:test";

import { upstream } from "../support/graph.ts";
import { listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import { admins, clusterArn, types, usual, viewers } from "./eks-graph.ts";

describe("access to the cluster", () => {
  it("is that of the administrators, the viewers and the nodes, and nobody else's", async () => {
    const graph = await usual;
    const nodeArn = /^arn:aws:iam::111122223333:role\/cluster-node-role-/;
    const entries = graph
      .all(types.entry)
      .map(({ inputs }) => [textAt(inputs, "principalArn") ?? "", inputs["type"]]);
    assert.deepEqual(
      entries.filter(([, type]) => type === "STANDARD").map(([arn]) => arn),
      [...admins, ...viewers],
    );
    const [nodes, ...more] = entries.filter(([, type]) => type !== "STANDARD");
    assert.deepEqual(more, []);
    assert.match(String(nodes?.[0]), nodeArn);
    assert.equal(nodes?.[1], "EC2");
    const granted = graph.all(types.access).map(({ inputs }) => {
      assert.deepEqual(inputs["accessScope"], { type: "cluster" });
      const who = (textAt(inputs, "principalArn") ?? "").replace(nodeArn, "nodes ");
      return [who.split(" ")[0], textAt(inputs, "policyArn")?.split("/").at(-1)];
    });
    const expected = [
      ...admins.map((arn) => [arn, "AmazonEKSClusterAdminPolicy"]),
      ...viewers.map((arn) => [arn, "AmazonEKSAdminViewPolicy"]),
      ["nodes", "AmazonEKSAutoNodePolicy"],
    ];
    assert.deepEqual(granted.sort(), expected.sort());
  });

  it("is by a kubeconfig that holds no secret and asks AWS for a token", async () => {
    const graph = await usual;
    const provider = graph.only(types.provider, "cluster-provider");
    assert.ok(!provider.secrets.includes("kubeconfig"));
    const config = parseJson(textAt(provider.inputs, "kubeconfig") ?? "");
    const only = (list: string, key: string): Fields => {
      const [entry, ...more] = listAt(config, list);
      assert.deepEqual(more, []);
      return recordAt(entry, key);
    };
    const [address, user] = [only("clusters", "cluster"), only("users", "user")];
    const endpoint = textAt(address, "server") ?? "";
    assert.match(endpoint, /^https:\/\/.+\.eks\.amazonaws\.com$/);
    assert.ok(textAt(address, "certificate-authority-data"));
    assert.deepEqual(only("contexts", "context"), { cluster: "spark-test", user: "spark-test" });
    assert.equal(textAt(config, "current-context"), "spark-test");
    assert.deepEqual(Object.keys(user), ["exec"]);
    assert.equal(textAt(user, "exec", "command"), "aws");
    assert.equal(
      listAt(user, "exec", "args").join(" "),
      "eks get-token --region eu-central-1 --cluster-name spark-test --output json",
    );
    assert.equal(provider.inputs["clusterIdentifier"], endpoint, "a new cluster of that name is another one");
    assert.equal(String(provider.inputs["enableSecretMutable"]), "true");
  });

  it("is asked for when it is given, and taken when nobody needs it any more", async () => {
    const graph = await usual;
    const provider = upstream(graph, graph.only(types.provider, "cluster-provider"));
    for (const type of [types.entry, types.access, types.attachment, types.cluster])
      for (const each of graph.all(type)) assert.ok(provider.has(each.urn), each.name);
    for (const each of graph.all(types.access))
      assert.ok(
        graph.all(types.entry).some(({ urn }) => each.dependsOn.includes(urn)),
        each.name,
      );
  });
});

describe("the identity of pods", () => {
  it("is given by roles that pods of this cluster alone may take", async () => {
    const { trustPolicy } = (await usual).outputs;
    assert.deepEqual(parseJson(String(trustPolicy)), {
      Version: "2012-10-17",
      Statement: [
        {
          Effect: "Allow",
          Principal: { Service: "pods.eks.amazonaws.com" },
          Action: ["sts:AssumeRole", "sts:TagSession"],
          Condition: { StringEquals: { "aws:RequestTag/eks-cluster-arn": clusterArn } },
        },
      ],
    });
  });

  it("is a service account's in this cluster, with the session's tags that the roles ask for", async () => {
    const graph = await usual;
    const { inputs, dependsOn, retainOnDelete } = graph.only(types.association, "jobs-identity");
    assert.deepEqual(inputs, {
      clusterName: "spark-test",
      namespace: "team",
      serviceAccount: "spark",
      roleArn: "arn:aws:iam::111122223333:role/jobs",
    });
    assert.ok(dependsOn.includes(graph.only(types.cluster).urn));
    assert.equal(retainOnDelete, true, "the caller's options");
  });
});
