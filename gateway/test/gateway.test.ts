/** One process for the tests within it: loading the gateway, and starting PostgreSQL, take longer than they do. */
import "./api/logging.ts";
import "./auth/guard.ts";
import "./auth/matrix.ts";
import "./auth/token-review.ts";
import "./config.ts";
import "./errors/problems.ts";
import "./kubernetes/cluster.ts";
import "./kubernetes/watch.ts";
import "./logs/follow.ts";
import "./reconcile/diagnose.ts";
import "./reconcile/lease.ts";
import "./store/store.ts";
import "./tokens/flows.ts";
import "./tokens/life.ts";
import "./tokens/rotation.ts";
import "./tokens/token.ts";
import "./tls.ts";
