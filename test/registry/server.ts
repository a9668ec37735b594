import assert from "node:assert/strict";
import { test } from "node:test";

import {
  distributionConfig,
  nginxConfig,
  type ImageStorage,
} from "../../components/registry/server-config.ts";
import { policyStatements } from "../../components/storage/permissions.ts";
import { at, parseJson, textAt } from "../../local/kube/json.ts";

const amazon: ImageStorage = { bucket: "images", region: "eu-central-1", pathStyle: false, redirect: true };
const own: ImageStorage = { ...amazon, url: "http://store.test:7070", pathStyle: true, redirect: false };
const config = (storage: ImageStorage): unknown => parseJson(distributionConfig("registry.test", storage));

test("distribution keeps images where the registry's rights are", () => {
  const root = textAt(config(amazon), "storage", "s3", "rootdirectory");
  const [objects] = policyStatements("images", "registry");
  assert.ok(objects?.Resource.includes(`arn:aws:s3:::images${root ?? ""}/*`), root);
});

test("distribution asks S3 itself, or the given store in the way that it can", () => {
  const s3 = { bucket: "images", region: "eu-central-1", rootdirectory: "/registry" };
  assert.deepEqual(at(config(amazon), "storage", "s3"), s3);
  assert.deepEqual(at(config(own), "storage", "s3"), {
    ...s3,
    regionendpoint: "http://store.test:7070",
    secure: false,
    forcepathstyle: true,
  });
  assert.equal(at(config(amazon), "storage", "redirect", "disable"), false);
  assert.equal(at(config(own), "storage", "redirect", "disable"), true);
});

test("distribution is reached by the server before it alone, and says what clients call it", () => {
  assert.match(textAt(config(amazon), "http", "addr") ?? "", /^127\.0\.0\.1:\d+$/);
  assert.match(textAt(config(amazon), "http", "debug", "addr") ?? "", /^127\.0\.0\.1:\d+$/);
  assert.equal(textAt(config(amazon), "http", "host"), "https://registry.test");
});

test("the server listens with TLS alone, at the given port, with the given files", () => {
  const text = nginxConfig({ port: 8443, certificate: "/a/crt", key: "/a/key", htpasswd: "/a/users" });
  assert.deepEqual(
    [...text.matchAll(/^\s*listen (.+);$/gm)].map(([, listen]) => listen),
    ["8443 ssl"],
  );
  for (const line of [
    "ssl_certificate /a/crt;",
    "ssl_certificate_key /a/key;",
    "auth_basic_user_file /a/users;",
  ])
    assert.ok(text.includes(line), line);
  const address = textAt(config(amazon), "http", "addr") ?? "";
  assert.ok(text.includes(`proxy_pass http://${address};`), "and passes on to distribution");
});

test("the users of each request: pull reads, push does all, and who is not known is asked first", () => {
  const rules = [
    ...nginxConfig({ port: 1, certificate: "", key: "", htpasswd: "" }).matchAll(/^ {2}"~(.+)" 0;$/gm),
  ];
  assert.equal(rules.length, 3);
  const onlyPulls = (method: string, user: string): boolean =>
    !rules.some(([, pattern = ""]) => new RegExp(pattern).test(`${method}:${user}`));
  for (const method of ["GET", "HEAD"]) assert.ok(!onlyPulls(method, "pull-1"));
  for (const method of ["PUT", "POST", "PATCH", "DELETE"]) {
    assert.ok(onlyPulls(method, "pull-1"), method);
    assert.ok(onlyPulls(method, "x-push-1"), method);
    assert.ok(!onlyPulls(method, "push-2"), method);
    assert.ok(!onlyPulls(method, ""), method);
  }
});
