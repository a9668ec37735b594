/** One process for the tests of the demo. */
import "./demo/args.ts";
import "./demo/choose.ts";
import "./demo/existing.ts";
import "./demo/kind.ts";
import "./demo/lock.ts";
import "./demo/killed.ts";
import "./demo/prepare.ts";
import "./demo/stack.ts";
import "./demo/summary.ts";
