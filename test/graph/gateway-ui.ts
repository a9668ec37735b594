import assert from "node:assert/strict";
import { test } from "node:test";

import { toPlatform } from "../../gateway/src/platform.ts";
import { driverKey, historyKey } from "../../gateway/src/ui/jws.ts";
import {
  applicationSpec,
  localGraph,
  nameOf,
  namespaceOf,
  object,
  ofKind,
  texts,
  upstream,
} from "../support/graph.ts";
import { at, listAt, parseJson, recordAt, textAt, type Fields } from "../../local/kube/json.ts";
import type { Graph } from "../support/mocks.ts";
import { atNodes, container, environment, namespace } from "./gateway-stack.ts";
import { withDex, withIssuer } from "./ui-stacks.ts";

const both = (keys: Fields = {}): Promise<Graph> => localGraph({ gateway: atNodes, ui: withDex, ...keys });

const secretText = (graph: Graph, name: string, of: string, key: string): string =>
  textAt(object(graph, "Secret", name, of).inputs, "stringData", key) ?? "";
const frontDoorKey = (graph: Graph): string =>
  secretText(graph, "gateway-secrets", namespace, "front-door-key");
const upstreams = (graph: Graph): readonly unknown[] =>
  listAt(
    parseJson(
      textAt(object(graph, "ConfigMap", "front-door-config", "spark-ui").inputs, "data", "alpha.yaml") ?? "",
    ),
    "upstreamConfig",
    "upstreams",
  ).map((each) => [at(each, "path"), at(each, "uri")]);

test("the front door leads to the gateway alone", async () => {
  const graph = await both();
  assert.deepEqual(upstreams(graph), [["/", "http://gateway-ui.spark-gateway.svc.cluster.local:8081"]]);
  const service = recordAt(object(graph, "Service", "gateway-ui", namespace).inputs, "spec");
  assert.deepEqual(service["ports"], [{ name: "http", port: 8081, targetPort: "ui" }]);
  assert.equal(service["type"], undefined, "nobody outside of the cluster reaches it");
  assert.deepEqual(
    service["selector"],
    at(object(graph, "Deployment", "gateway", namespace).inputs, "spec", "template", "metadata", "labels"),
  );
  assert.deepEqual(
    listAt(container(graph), "ports").filter((each) => at(each, "name") === "ui"),
    [{ name: "ui", containerPort: 8081 }],
  );
});

test("the gateway has the key that the History Server's is made of, and the administrators' group", async () => {
  const graph = await both();
  const { UI_ADDRESS, UI_KEY_FILE, UI_ADMIN_GROUP } = environment(graph);
  assert.deepEqual(
    [UI_ADDRESS, UI_KEY_FILE, UI_ADMIN_GROUP],
    ["0.0.0.0:8081", "/etc/gateway-secrets/front-door-key", "platform"],
  );
  const key = frontDoorKey(graph);
  assert.match(key, /^[\w-]{43}$/);
  assert.ok(
    secretText(graph, "history-conf", "spark-history", "history.conf").includes(
      `secretKey=${historyKey(key)}\n`,
    ),
  );
  const holders = graph.registrations.flatMap((each) =>
    texts(each.inputs)
      .filter(([, text]) => text.includes(key))
      .map(([path]) => [each.name, path, each.secrets.some((secret) => path.startsWith(secret))]),
  );
  assert.deepEqual(holders.sort(), [["gateway-secret", "stringData.front-door-key", true]]);
});

test("the gateway knows the issuer, and that it may leave out whether addresses are verified, if the stack says so", async () => {
  const visitors = async (ui: Fields): Promise<readonly unknown[]> => {
    const { UI_ISSUER, UI_SKIP_EMAIL_VERIFIED } = environment(await both({ ui }));
    return [UI_ISSUER, UI_SKIP_EMAIL_VERIFIED];
  };
  assert.deepEqual(await visitors(withDex), ["https://login.test:30444", undefined]);
  const issuer = "https://sso.test/realms/main";
  assert.deepEqual(await visitors(withIssuer), [issuer, undefined]);
  const identity = { ...recordAt(withIssuer, "identity"), insecureSkipEmailVerified: true };
  assert.deepEqual(await visitors({ ...withIssuer, identity }), [issuer, "true"]);
});

test("each team's drivers know the gateway by a key of their own, which is there before the gateway", async () => {
  const graph = await both({ namespaces: [{ name: "analytics" }, { name: "finance" }] });
  const key = frontDoorKey(graph);
  const server = object(graph, "Deployment", "gateway", namespace);
  const platform = toPlatform(
    parseJson(
      textAt(object(graph, "ConfigMap", "gateway-config", namespace).inputs, "data", "platform.json") ?? "",
    ),
  );
  for (const team of ["analytics", "finance"]) {
    const secret = object(graph, "Secret", "driver-ui", team);
    assert.equal(
      secretText(graph, "driver-ui", team, "java-options"),
      "-Dspark.ui.filters=org.apache.spark.ui.JWSFilter\n" +
        `-Dspark.org.apache.spark.ui.JWSFilter.param.secretKey=${driverKey(key, team)}\n`,
    );
    assert.ok(secret.secrets.some((path) => "stringData.java-options".startsWith(path)));
    assert.ok(upstream(graph, server).has(secret.urn));
    assert.deepEqual(platform.namespaces[team]?.driverUi, { secret: "driver-ui" });
  }
  assert.deepEqual(platform.pages, {
    url: at(graph.outputs, "ui", "url"),
    origins: "https://pages.spark.test:30445",
    historyServer: "http://history.spark-history.svc.cluster.local:18080",
  });
});

test("jobs that a stack declares are held to it as well", async () => {
  const jobs = { nightly: { namespace: "analytics", mainFile: "s3a://spark/code/main.py" } };
  const [job] = ofKind(await both({ jobs }), "SparkApplication");
  assert.ok(job);
  assert.match(
    String(at(applicationSpec(job), "sparkConf", "spark.driver.defaultJavaOptions")),
    /^@\/etc\/spark-platform\/driver-ui\/java-options /,
  );
});

test("only the front door's pods reach its pages, and it reaches drivers of teams and the History Server", async () => {
  const graph = await both();
  const policy = recordAt(object(graph, "NetworkPolicy", "gateway", namespace).inputs, "spec");
  const way = (rules: string, port: number): unknown =>
    listAt(policy, rules).find((rule) => at(listAt(rule, "ports")[0], "port") === port);
  const door = object(graph, "Deployment", "front-door", "spark-ui").inputs;
  assert.deepEqual(way("ingress", 8081), {
    from: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "spark-ui" } },
        podSelector: { matchLabels: at(door, "spec", "template", "metadata", "labels") },
      },
    ],
    ports: [{ protocol: "TCP", port: 8081 }],
  });
  assert.deepEqual(way("egress", 4040), {
    to: [
      {
        namespaceSelector: {
          matchLabels: { "app.kubernetes.io/part-of": "spark-platform", "spark-platform/role": "team" },
        },
        podSelector: { matchLabels: { "spark-role": "driver" } },
      },
    ],
    ports: [{ protocol: "TCP", port: 4040 }],
  });
  assert.deepEqual(way("egress", 18080), {
    to: [
      {
        namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "spark-history" } },
        podSelector: {
          matchLabels: at(
            object(graph, "Deployment", "history", "spark-history").inputs,
            "spec",
            "template",
            "metadata",
            "labels",
          ),
        },
      },
    ],
    ports: [{ protocol: "TCP", port: 18080 }],
  });
  const out = listAt(object(graph, "NetworkPolicy", "front-door", "spark-ui").inputs, "spec", "egress");
  assert.ok(
    out.some(
      (rule) =>
        at(listAt(rule, "ports")[0], "port") === 8081 &&
        at(listAt(rule, "to")[0], "namespaceSelector", "matchLabels", "kubernetes.io/metadata.name") ===
          namespace,
    ),
  );
});

test("without pages the gateway has none of it, nor have drivers", async () => {
  const graph = await localGraph({ gateway: atNodes });
  assert.deepEqual(
    [...ofKind(graph, "Secret"), ...ofKind(graph, "Service")].filter((each) =>
      /driver-ui|gateway-ui/.test(`${namespaceOf(each) ?? ""}/${nameOf(each)}`),
    ),
    [],
  );
  assert.doesNotMatch(JSON.stringify(graph.registrations), /UI_KEY|front-door-key"|driverUi/);
});
