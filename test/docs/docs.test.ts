/** One process for all tests of the documents: loading Pulumi takes longer than they do. */
import "./names.ts";
import "./readme.ts";
import "./upgrade.ts";
