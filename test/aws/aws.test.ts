/** One process for all tests of the stacks in AWS: loading Pulumi takes longer than they do. */
import "./consistency.ts";
import "./gateway.ts";
import "./identities.ts";
import "./preview.ts";
import "./resources.ts";
import "./rights.ts";
import "./secrets.ts";
import "./structure.ts";
import "./teardown.ts";
