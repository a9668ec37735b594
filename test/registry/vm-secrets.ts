import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { parseJson, recordAt, textAt } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import {
  graphs,
  host,
  knownUsers,
  markedTexts,
  parameterPath,
  parameters,
  types,
  userData,
  vmGraph,
} from "./vm-graph.ts";

/** What nobody may see: keys, passwords and their hashes, line by line, since a part of one is as bad. */
function secretLines(graph: Graph): readonly string[] {
  const certificates = /registry-(tls|ca)-certificate value$/;
  const values = [
    ...markedTexts(graph)
      .secret.filter(([place]) => !certificates.test(place))
      .map(([, text]) => text),
    ...["push", "pull"].map((role) => textAt(graph.outputs, role, "password") ?? ""),
  ];
  const lines = values
    .flatMap((value) => value.split("\n"))
    .flatMap((line) => [line, line.split(":").at(-1) ?? ""]);
  return [...new Set(lines)].filter((line) => line.length > 10 && !line.startsWith("-----"));
}

for (const [kind, evaluated] of graphs) {
  test(`nothing secret is in the user data or in any plain input (${kind})`, async () => {
    const graph = await evaluated;
    const lines = secretLines(graph);
    // Two passwords; users and their hashes: two of each role; with the private CA, its key and the server's.
    assert.ok(lines.length >= (kind === "acme" ? 10 : 12), lines.join("\n"));
    const { plain } = markedTexts(graph);
    assert.ok(
      plain.some(([place]) => place.endsWith("registry-vm userData")),
      "user data is plain: anybody reads it",
    );
    const shown = plain.filter(([, text]) =>
      lines.some((line) => text.includes(line) || text.includes(Buffer.from(line).toString("base64"))),
    );
    assert.deepEqual(shown, []);
    assert.ok(userData(graph).length > 100);
  });

  test(`the parameters are secret, encrypted and below one path (${kind})`, async () => {
    const graph = await evaluated;
    const found = parameters(graph);
    const kinds = Object.fromEntries(
      [...found].map(([name, { type }]) => [name.replace(parameterPath, ""), type]),
    );
    assert.deepEqual(kinds, {
      "/htpasswd": "SecureString",
      ...(kind === "private" && {
        "/tls-certificate": "SecureString",
        "/tls-key": "SecureString",
        "/ca-certificate": "String",
      }),
    });
    for (const { name, inputs, secrets } of graph.all(types.parameter))
      assert.equal(secrets.includes("value"), inputs["type"] === "SecureString", name);
    assert.ok(userData(graph).includes(parameterPath));
  });

  test(`passwords are secret among the outputs (${kind})`, async () => {
    const { secretOutputs } = await evaluated;
    for (const path of ["push.password", "pull.password", "dockerConfig"])
      assert.ok(secretOutputs.includes(path), path);
  });
}

test("in a preview, what is not known yet shows nowhere, and the user data waits for no secret", async () => {
  for (const certificate of [undefined, "private"] as const) {
    const wishes = { bucket: "images", ...(certificate && { certificate }) };
    const graph = await vmGraph(wishes, { preview: true });
    for (const { name, inputs } of graph.all(types.parameter))
      assert.equal(inputs["value"] ?? inputs["insecureValue"], pulumi.runtime.unknownValue, name);
    assert.equal(
      userData(graph),
      userData(await vmGraph(wishes)),
      "the preview can tell whether the VM is replaced",
    );
    const newBucket = await vmGraph(certificate ? { certificate } : {}, { preview: true });
    assert.equal(userData(newBucket), pulumi.runtime.unknownValue);
  }
});

test("the private CA's certificate is what clients trust; with ACME they need none", async () => {
  const own = await vmGraph({ certificate: "private" });
  const certificate = parameters(own).get(`${parameterPath}/ca-certificate`)?.value;
  assert.ok(certificate);
  assert.equal(own.outputs["certificateAuthority"], certificate);
  assert.ok(!("certificateAuthority" in (await vmGraph()).outputs));
});

test("the server knows the user in use, the one before and the next one", async () => {
  assert.deepEqual(knownUsers(await vmGraph()), ["pull-1", "pull-2", "push-1", "push-2"]);
  const second = await vmGraph({ passwords: { push: 2, pull: 2 } });
  assert.deepEqual(knownUsers(second), ["pull-1", "pull-2", "pull-3", "push-1", "push-2", "push-3"]);
  assert.deepEqual(
    ["pull", "push"].map((role) => textAt(second.outputs, role, "username")),
    ["pull-2", "push-2"],
  );
  const ownPace = await vmGraph({ passwords: { push: 1, pull: 4 } });
  assert.deepEqual(knownUsers(ownPace), ["pull-3", "pull-4", "pull-5", "push-1", "push-2"]);
});

test("at a rotation each password that was known and is, stays the same, with the same hash", async () => {
  const line = (graph: Graph, user: string): string | undefined =>
    parameters(graph)
      .get(`${parameterPath}/htpasswd`)
      ?.value.split("\n")
      .find((each) => each.startsWith(`${user}:`));
  const [before, after] = [await vmGraph(), await vmGraph({ passwords: { push: 1, pull: 2 } })];
  for (const user of ["pull-1", "pull-2", "push-1"]) {
    assert.ok(line(before, user), user);
    assert.equal(line(after, user), line(before, user));
  }
});

test("the Docker configuration lets the pull user in, at this host", async () => {
  const { outputs } = await vmGraph({ passwords: { push: 1, pull: 2 } });
  const entry = recordAt(parseJson(textAt(outputs, "dockerConfig") ?? ""), "auths");
  const { username, password } = recordAt(outputs, "pull");
  assert.deepEqual(Object.keys(entry), [host]);
  assert.equal(username, "pull-2");
  assert.deepEqual(recordAt(entry, host), {
    username,
    password,
    auth: Buffer.from(`pull-2:${String(password)}`).toString("base64"),
  });
});
