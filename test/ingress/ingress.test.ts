/** One process for all tests of the way in on AWS: loading Pulumi takes longer than they do. */
import "./certificate.ts";
import "./dns-zone.ts";
