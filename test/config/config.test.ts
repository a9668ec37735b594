/** One process for all tests of the configuration: loading Pulumi takes longer than they do. */
import "./any-input.ts";
import "./aws-problems.ts";
import "./defaults.ts";
import "./entry-problems.ts";
import "./problems.ts";
