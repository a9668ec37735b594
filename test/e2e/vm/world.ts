import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { distributionConfig, nginxConfig } from "../../../components/registry/server-config.ts";
import { renderUserData, type UserDataValues } from "../../../components/registry/vm/user-data.ts";
import { resolveNames } from "../node-registry.ts";
import { roleAccess } from "./access.ts";
import { Authority, type IssuedCertificate } from "./authority.ts";
import { Aws, bucketHost } from "./aws.ts";
import { Metadata } from "./metadata.ts";
import { startNameServer } from "./name-server.ts";
import { account, bucket, host, parameterPath, region, services, vm as vmAddress, zone } from "./names.ts";
import { openNetwork } from "./network.ts";
import { debianRoot, type DebianRoot } from "./root.ts";
import { Store } from "./store.ts";
import type { Undo } from "./undo.ts";
import { Vm } from "./vm.ts";

/** All that is around the virtual machine: a network, names, AWS and two authorities. */
export class World {
  readonly folder: string;
  readonly store: Store;
  readonly aws: Aws;
  /** Vouches for AWS, where the real one has a public authority. */
  readonly amazon: Authority;
  readonly #undo: Undo;
  readonly #namespacePath: string;
  readonly #metadata: Metadata;
  readonly #root: DebianRoot;

  private constructor(undo: Undo, parts: Pick<World, "folder" | "store" | "aws" | "amazon"> & Inner) {
    this.#undo = undo;
    this.folder = parts.folder;
    this.store = parts.store;
    this.aws = parts.aws;
    this.amazon = parts.amazon;
    this.#namespacePath = parts.namespacePath;
    this.#metadata = parts.metadata;
    this.#root = parts.root;
  }

  /** @param cache Folder that keeps Debian for the next run. */
  static async open(undo: Undo, cache: string): Promise<World> {
    const folder = await mkdtemp(join(tmpdir(), "spark-platform-vm-"));
    undo.add("folder", () => rm(folder, { recursive: true }));
    const root = await debianRoot(cache);
    const { namespacePath } = await openNetwork(undo);
    await startNameServer(undo, folder);
    undo.add("names", resolveNames({ [host]: vmAddress, [bucketHost]: services }));
    const metadata = await Metadata.start(undo);
    const store = await Store.start(undo, folder);
    const amazon = await Authority.create("e2e amazon");
    const allowed = roleAccess({
      bucket,
      parameterPathArn: `arn:aws:ssm:${region}:${account}:parameter${parameterPath}`,
      challenge: { zoneId: zone.id, host },
    });
    const aws = await Aws.start(undo, amazon, allowed, store);
    return new World(undo, { folder, store, aws, amazon, namespacePath, metadata, root });
  }

  /** A new machine with these user data. @param authorities PEM of who else it trusts from the start. */
  boot(userData: string, authorities: readonly string[] = []): Promise<Vm> {
    return Vm.boot(this.#undo, {
      folder: this.folder,
      root: this.#root,
      namespacePath: this.#namespacePath,
      metadata: this.#metadata,
      authorities: [this.amazon.certificate, ...authorities],
      userData,
    });
  }

  setParameter(name: string, value: string): void {
    this.aws.parameters.values.set(`${parameterPath}/${name}`, value);
  }

  setCertificate({ certificate, key }: IssuedCertificate): void {
    this.setParameter("tls-certificate", certificate);
    this.setParameter("tls-key", key);
  }
}

interface Inner {
  readonly namespacePath: string;
  readonly metadata: Metadata;
  readonly root: DebianRoot;
}

/** The user data as the stack renders them. */
export function userData(certificate: UserDataValues["certificate"]): string {
  const tls = { certificate: "/etc/registry/tls/tls.crt", key: "/etc/registry/tls/tls.key" };
  return renderUserData({
    host,
    region,
    parameterPath,
    certificate,
    distributionConfig: distributionConfig(host, { bucket, region, pathStyle: false, redirect: true }),
    nginxConfig: nginxConfig({ port: 443, ...tls, htpasswd: "/etc/registry/htpasswd" }),
  });
}
