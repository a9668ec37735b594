import { z } from "zod";

const component = String.raw`[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*`;
const host = String.raw`(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?)`;
const version = String.raw`(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?`;
const reference = new RegExp(String.raw`^(?:${host}/)?${component}(?:/${component})*${version}$`);

/**
 * A tag or a digest is asked for: without one Kubernetes reads `latest`, and a node that has an older `latest`
 * keeps using it (pull policy IfNotPresent).
 */
export const imageSchema = z
  .string()
  .max(512)
  .regex(reference, { abort: true })
  .refine((image) => /(?::[^/]+|@.+)$/.test(image), { error: "names no version" })
  .meta({
    description:
      "a Spark image of your own with its tag or digest; without a host it is one in the platform's registry",
    examples: ["team/app:1.4.0", "registry.example.com/team/app:1.4.0"],
  });

/** The full name of an image: one that names no host is in the platform's registry, if there is one. */
export function fullImageName(image: string, registry: string | undefined): string {
  return registry === undefined || namesHost(image) ? image : `${registry}/${image}`;
}

/** As container runtimes read it: the first part is a host if it has a dot or a port, or is localhost. */
function namesHost(image: string): boolean {
  const slash = image.indexOf("/");
  const first = image.slice(0, Math.max(slash, 0));
  return first.includes(".") || first.includes(":") || first === "localhost";
}
