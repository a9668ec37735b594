/** One process for all tests of the whole graph: loading Pulumi takes longer than evaluating the program. */
import "./existing-store.ts";
import "./gateway-database.ts";
import "./gateway-rights.ts";
import "./gateway-ui.ts";
import "./gateway.ts";
import "./history.ts";
import "./ingress-pods.ts";
import "./ingress.ts";
import "./jobs.ts";
import "./network.ts";
import "./operator.ts";
import "./order.ts";
import "./pod-security.ts";
import "./registry.ts";
import "./rights.ts";
import "./secrets.ts";
import "./structure.ts";
