import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";

import type { RegistryUser } from "./registry.ts";

/** What a user of the registry may do. `push` may pull as well. */
export type RegistryRole = "push" | "pull";

/** For each role, the number of its password: the next higher one is a new password. From 1. */
export type PasswordNumbers = Readonly<Record<RegistryRole, number>>;

export type RegistryUsers = Readonly<Record<RegistryRole, RegistryUser>> & {
  /** Lines for the server's user file, `NAME:BCRYPT`. A Pulumi secret. */
  readonly htpasswd: pulumi.Output<string>;
};

/**
 * The registry's users, `ROLE-NUMBER`. The server knows three of each role: the one in use, the one before, which a
 * client may still hold, and the next one, so that it knows a new password before the first client has it. Raising a
 * number by one is thus never a moment in which a pull fails, in whatever order server and clients hear of it; raising
 * it once more shuts the old password out.
 */
export function registryUsers(
  name: string,
  numbers: PasswordNumbers,
  opts: pulumi.CustomResourceOptions,
): RegistryUsers {
  const lines: pulumi.Output<string>[] = [];
  const user = (role: RegistryRole, number: number): RegistryUser => {
    const username = `${role}-${number}`;
    // bcrypt counts 72 bytes.
    const password = new random.RandomPassword(`${name}-${username}`, { length: 40, special: false }, opts);
    lines.push(pulumi.interpolate`${username}:${password.bcryptHash}`);
    return { username, password: password.result };
  };
  const current = (role: RegistryRole): RegistryUser => {
    const number = numbers[role];
    if (number > 1) user(role, number - 1);
    const inUse = user(role, number);
    user(role, number + 1);
    return inUse;
  };
  const users = { push: current("push"), pull: current("pull") };
  const htpasswd = pulumi.all(lines).apply((all) => `${all.join("\n")}\n`);
  return { ...users, htpasswd: pulumi.secret(htpasswd) };
}
