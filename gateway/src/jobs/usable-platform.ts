import { mayUse, type Subject } from "../auth/subject.ts";
import type { Platform } from "../platform.ts";

/** The platform with the namespaces that a subject may use: of others it does not learn. */
export function usablePlatform(platform: Platform, subject: Subject | undefined): Platform {
  const namespaces = Object.entries(platform.namespaces).filter(
    ([name]) => subject !== undefined && mayUse(subject, name),
  );
  return { ...platform, namespaces: Object.fromEntries(namespaces) };
}
