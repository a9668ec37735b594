import { describeValue } from "../../jobs/manifest/text.ts";
import type { ResourceRule } from "../rule.ts";
import { at, mayBe } from "../values.ts";

const types = ["aws:ec2/instance:Instance", "aws:ec2/launchTemplate:LaunchTemplate"];
const wanted: Readonly<Record<string, unknown>> = { httpTokens: "required", httpPutResponseHopLimit: 1 };

/**
 * The metadata service hands out the keys of the machine's role. Version 1 does so to a plain GET, which a server can be
 * tricked into; with more than one hop it also answers to containers.
 * https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/configuring-instance-metadata-service.html
 */
export const instanceMetadataProtected: ResourceRule = {
  name: "instance-metadata-protected",
  description: "A machine's metadata service wants a token (IMDSv2) and answers to the machine alone.",
  scope: "resource",
  check({ type, inputs }) {
    if (!types.includes(type) || mayBe(at(inputs, "metadataOptions", "httpEndpoint"), "disabled")) return [];
    return Object.entries(wanted)
      .map(([option, value]) => ({ option, value, given: at(inputs, "metadataOptions", option) }))
      .filter(({ value, given }) => !mayBe(given, value))
      .map(({ option, value, given }) => ({
        path: `metadataOptions.${option}`,
        problem: `is ${describeValue(given)}`,
        expected: describeValue(value),
      }));
  },
};
