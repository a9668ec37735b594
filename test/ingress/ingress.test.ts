/** One process for all tests of the way in on AWS: loading Pulumi takes longer than they do. */
import "./alb-class.ts";
import "./alb-route.ts";
import "./certificate.ts";
import "./cognito-domain.ts";
import "./cognito.ts";
import "./dns-zone.ts";
import "./pages.ts";
