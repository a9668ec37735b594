/** One process for all tests of components: loading Pulumi takes longer than they do. */
import "./abort-uploads.ts";
import "./access.ts";
import "./pages.ts";
import "./permissions.ts";
import "./pure.ts";
import "./setup-bucket.ts";
