import assert from "node:assert/strict";
import { test } from "node:test";

import * as pulumi from "@pulumi/pulumi";

import { CognitoIdentity, cognitoProblems } from "../../components/ingress/cognito-identity.ts";
import { at } from "../../local/kube/json.ts";
import { evaluate } from "../support/mocks.ts";
import { host, pagesGraph } from "./aws-graph.ts";
import { types } from "./aws-types.ts";

test("nobody becomes a user alone, everybody logs in by email, and passwords are long", async () => {
  const pool = (await pagesGraph()).only(types.pool).inputs;
  assert.equal(at(pool, "adminCreateUserConfig", "allowAdminCreateUserOnly"), true);
  assert.deepEqual(pool["usernameAttributes"], ["email"]);
  assert.equal(at(pool, "usernameConfiguration", "caseSensitive"), false);
  assert.ok(Number(at(pool, "passwordPolicy", "minimumLength")) >= 14);
  assert.deepEqual(at(pool, "accountRecoverySetting", "recoveryMechanisms"), [
    { name: "verified_email", priority: 1 },
  ]);
  assert.equal(pool["userPoolTier"], "LITE");
});

test("an email counts when its owner has answered", async () => {
  const pool = (await pagesGraph()).only(types.pool).inputs;
  assert.deepEqual(pool["autoVerifiedAttributes"], ["email"]);
  assert.deepEqual(pool["userAttributeUpdateSettings"], {
    attributesRequireVerificationBeforeUpdates: ["email"],
  });
});

test("an authenticator app is asked of everybody, or of those who have one", async () => {
  for (const [requireMfa, configured] of [
    [true, "ON"],
    [false, "OPTIONAL"],
  ] as const) {
    const pool = (await pagesGraph({ requireMfa })).only(types.pool).inputs;
    assert.equal(pool["mfaConfiguration"], configured);
    assert.deepEqual(pool["softwareTokenMfaConfiguration"], { enabled: true });
  }
});

test("the users are protected by Pulumi and by AWS, or by neither", async () => {
  for (const protect of [true, false]) {
    const pool = (await pagesGraph({ protect })).only(types.pool);
    assert.equal(pool.protect, protect);
    assert.equal(pool.inputs["deletionProtection"], protect ? "ACTIVE" : "INACTIVE");
  }
});

test("the client gets tokens by the code flow with its secret, and in no other way", async () => {
  const client = (await pagesGraph()).only(types.client).inputs;
  assert.equal(client["generateSecret"], true);
  assert.equal(client["allowedOauthFlowsUserPoolClient"], true);
  assert.deepEqual(client["allowedOauthFlows"], ["code"]);
  assert.deepEqual(client["allowedOauthScopes"], ["openid", "email", "profile"]);
  assert.deepEqual(client["explicitAuthFlows"], ["ALLOW_REFRESH_TOKEN_AUTH"]);
  assert.deepEqual(client["callbackUrls"], [`https://${host}/oauth2/callback`]);
  assert.deepEqual(client["logoutUrls"], [`https://${host}/`]);
  assert.deepEqual(client["supportedIdentityProviders"], ["COGNITO"]);
  assert.equal(client["preventUserExistenceErrors"], "ENABLED");
  assert.equal(client["enableTokenRevocation"], true);
});

test("a token to ask again with is good for twelve hours, the others for one", async () => {
  const client = (await pagesGraph()).only(types.client).inputs;
  assert.deepEqual(
    [client["refreshTokenValidity"], client["accessTokenValidity"], client["idTokenValidity"]],
    [12, 1, 1],
  );
  assert.deepEqual(client["tokenValidityUnits"], {
    accessToken: "hours",
    idToken: "hours",
    refreshToken: "hours",
  });
});

test("the client's secret is a secret from the start, whatever the provider makes of it", async () => {
  const program = async (): Promise<unknown> => {
    const settings = {
      domainPrefix: "spark",
      requireMfa: true,
      protect: false,
      groups: [],
      adminGroup: undefined,
    };
    const redirectUri = `https://${host}/oauth2/callback`;
    const { clientSecret } = new CognitoIdentity("cognito", { ...settings, redirectUri });
    assert.ok(await pulumi.isSecret(clientSecret));
    return { clientSecret };
  };
  const graph = await evaluate(program, { outputs: { [types.client]: { clientSecret: "in the open" } } });
  assert.equal(graph.outputs["clientSecret"], "in the open");
  assert.deepEqual(graph.all(types.group), []);
});

test("each group that is let in is made once, and the administrators' too", async () => {
  const graph = await pagesGraph({ allowed: { groups: ["data", "platform", "data"], domains: [] } });
  assert.deepEqual(
    graph
      .all(types.group)
      .map(({ inputs }) => inputs["name"])
      .sort(),
    ["data", "platform"],
  );
  const domain = graph.only(types.domain).inputs;
  assert.deepEqual([domain["domain"], domain["managedLoginVersion"]], ["spark-example-org", 1]);
});

test("what Cognito refuses is refused before anything is made, all of it at once", async () => {
  assert.deepEqual(cognitoProblems("spark-example-org", ["data", "daten-größe", "a/b"]), []);
  assert.equal(cognitoProblems("My-AWS", ["two words", "x".repeat(129)]).length, 3);
  await assert.rejects(
    pagesGraph({ allowed: { groups: ["two words"], domains: [] } }),
    /\[groups\] must have names without spaces.*"two words"/,
  );
});
