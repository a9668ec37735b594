/** One process for all tests of the policy pack: loading Pulumi takes longer than they do. */
import "./graphs.ts";
import "./pack.ts";
import "./rules.ts";
import "./unknown.ts";
import "./wildcards.ts";
