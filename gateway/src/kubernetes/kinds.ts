import type { z } from "zod";

import type { Kinds } from "./cluster.ts";
import { observedApplicationSchema, observedEventSchema, observedPodSchema } from "./objects.ts";

/** Where a kind is, and what is read of it. */
export interface KindOf<T> {
  readonly base: string;
  readonly plural: string;
  readonly schema: z.ZodType<T>;
}

export const kinds: { readonly [K in keyof Kinds]: KindOf<Kinds[K]> } = {
  applications: {
    base: "/apis/sparkoperator.k8s.io/v1beta2",
    plural: "sparkapplications",
    schema: observedApplicationSchema,
  },
  pods: { base: "/api/v1", plural: "pods", schema: observedPodSchema },
  events: { base: "/api/v1", plural: "events", schema: observedEventSchema },
};

/** The path of a kind's objects in a namespace, or of one of them. */
export function pathOf({ base, plural }: KindOf<unknown>, namespace: string, name?: string): string {
  const list = `${base}/namespaces/${encodeURIComponent(namespace)}/${plural}`;
  return name === undefined ? list : `${list}/${encodeURIComponent(name)}`;
}
