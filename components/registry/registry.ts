import type * as pulumi from "@pulumi/pulumi";

/** What somebody is let into the registry with. */
export interface RegistryUser {
  readonly username: string;
  /** A Pulumi secret. */
  readonly password: pulumi.Output<string>;
}

/** A registry of container images, wherever it is. */
export interface Registry {
  /** `HOST` or `HOST:PORT`, the first part of the names of its images. */
  readonly host: string;
  /** PEM of the authority that clients and nodes must trust; undefined where they do so anyway. */
  readonly certificateAuthority: pulumi.Output<string> | undefined;
  /** Who may pull; undefined where everybody may. */
  readonly pull: RegistryUser | undefined;
  /** Who may push; undefined where the stack does not know. */
  readonly push: RegistryUser | undefined;
  /** What must be up before the first push or pull. */
  readonly ready: readonly pulumi.Resource[];
}

/** Folder of the platform's own images in the stack's registry. */
export const platformFolder = "spark-platform";
