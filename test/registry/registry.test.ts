/** One process for all tests of the registry: loading Pulumi takes longer than they do. */
import "./server.ts";
import "./vm-instance.ts";
import "./vm-network.ts";
import "./vm-policy.ts";
import "./vm-secrets.ts";
