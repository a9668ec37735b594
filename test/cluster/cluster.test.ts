/** One process for all tests of the cluster: loading Pulumi takes longer than they do. */
import "./network.ts";
import "./network-plan.ts";
