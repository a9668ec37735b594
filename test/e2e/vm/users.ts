import { dockerAuth } from "../../../components/registry/docker-auth.ts";
import { run } from "./commands.ts";

export interface User {
  readonly name: string;
  readonly password: string;
}

/** Users as the stack names them; their passwords are known to the test alone. */
export const user = (role: "push" | "pull", number: number): User => ({
  name: `${role}-${number}`,
  password: `password-of-${role}-${number}`,
});

/** The server's user file where the passwords in use have this number: it also knows the ones before and after. */
export async function htpasswd(number: number): Promise<string> {
  const numbers = [number - 1, number, number + 1].filter((each) => each > 0);
  const users = (["push", "pull"] as const).flatMap((role) => numbers.map((each) => user(role, each)));
  const lines = await Promise.all(
    users.map(({ name, password }) => run("htpasswd", ["-nbBC", "5", name, password])),
  );
  return `${lines.map((line) => line.trim()).join("\n")}\n`;
}

/** What a client logs in with: Docker's configuration file. */
export function dockerConfig(host: string, { name, password }: User): string {
  return dockerAuth(host, name, password);
}
