/**
 * The program as it is, with a provider of AWS that asks nobody: not whose the credentials are, nor which account it is,
 * nor whether it runs on a machine of AWS. For a preview without network.
 */
import * as pulumi from "@pulumi/pulumi";

pulumi.runtime.registerStackTransformation(({ type, props, opts }) => {
  if (type !== "pulumi:providers:aws") return undefined;
  const offline = {
    skipCredentialsValidation: true,
    skipRequestingAccountId: true,
    skipMetadataApiCheck: true,
    skipRegionValidation: true,
  };
  return { props: { ...props, ...offline }, opts };
});

const program: unknown = await import("../../../index.ts");
export default program;
