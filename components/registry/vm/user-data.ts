import { readFileSync } from "node:fs";

/** What the virtual machine is told at its first boot. Nothing of it is secret: anybody on the machine can read it. */
export interface UserDataValues {
  /** The registry's DNS name. */
  readonly host: string;
  readonly region: string;
  /** Path in the parameter store, below which users and certificate are. */
  readonly parameterPath: string;
  readonly distributionConfig: string;
  readonly nginxConfig: string;
  readonly certificate:
    | {
        readonly kind: "acme";
        readonly email: string;
        /** URL of the authority's ACME directory. */
        readonly directory: string;
      }
    | { readonly kind: "private" };
}

/** What EC2 takes, before it is encoded. */
const maxBytes = 16_384;
const template = readFileSync(new URL("user-data.sh", import.meta.url), "utf8");

/**
 * The script that makes a Debian machine the registry.
 * @throws where a value cannot be what it should be, or where the script is larger than EC2 takes.
 */
export function renderUserData(values: UserDataValues): string {
  const { host, region, parameterPath, certificate } = values;
  // These also go into files of other languages, which have other quotes.
  expect("host", host, /^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$/);
  expect("region", region, /^[a-z0-9-]+$/);
  expect("parameterPath", parameterPath, /^(\/[\w.-]+)+$/);
  const variables = {
    host,
    region,
    parameters: parameterPath,
    certificate: certificate.kind,
    ...(certificate.kind === "acme" && { email: certificate.email, directory: certificate.directory }),
    distribution_config: values.distributionConfig.trimEnd(),
    nginx_config: values.nginxConfig.trimEnd(),
  };
  const lines = Object.entries(variables).map(([name, value]) => `${name}=${shellQuote(value)}`);
  const text = template.replace("# @values@\n", () => `${lines.join("\n")}\n`);
  const bytes = Buffer.byteLength(text);
  if (bytes > maxBytes) throw new Error(`the user data is of ${bytes} bytes, and EC2 takes ${maxBytes}`);
  return text;
}

function expect(name: string, value: string, pattern: RegExp): void {
  if (!pattern.test(value)) throw new Error(`[${name}] "${value}" does not match ${String(pattern)}`);
}

/** A word that the shell takes as it is, whatever is in it. */
function shellQuote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}
