/** One process for all tests of the cluster: loading Pulumi takes longer than they do. */
import "./eks-access.ts";
import "./eks-cluster.ts";
import "./network.ts";
import "./network-plan.ts";
import "./node-pools.ts";
