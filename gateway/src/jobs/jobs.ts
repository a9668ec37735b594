import type { FastifyBaseLogger } from "fastify";

import type { Cluster } from "../kubernetes/cluster.ts";
import type { Platform } from "../platform.ts";
import type { Store } from "../store/store.ts";

/** What everything that has to do with applications works with. */
export interface Jobs {
  readonly store: Store;
  readonly cluster: Cluster;
  readonly platform: Platform;
  /** Milliseconds since 1970. */
  readonly now: () => number;
  readonly logger: FastifyBaseLogger;
}
