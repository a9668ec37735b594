import { existsSync } from "node:fs";
import { mkdir, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

import { run } from "./commands.ts";
import { prefixLength, services, vm } from "./names.ts";

/** What a Debian cloud image has; what the registry needs, its own script installs. */
const packages = [
  ...["systemd", "systemd-sysv", "systemd-resolved", "systemd-timesyncd", "dbus", "udev", "netplan.io"],
  ...["cloud-init", "openssh-server", "python3", "ca-certificates", "curl", "sudo", "unattended-upgrades"],
  ...["iproute2", "procps", "logrotate"],
];

const files: Readonly<Record<string, string>> = {
  // As EC2's images have it, but for the check that this is EC2's hardware.
  "etc/cloud/cloud.cfg.d/99-ec2.cfg": `datasource_list: [Ec2]
datasource: {Ec2: {strict_id: false, metadata_urls: ["http://169.254.169.254"]}}
network: {config: disabled}
# All of Debian's, but the one that waits for devices: a container gets none.
cloud_final_modules: [scripts_vendor, scripts_per_once, scripts_per_boot, scripts_per_instance, scripts_user,
  ssh_authkey_fingerprints, keys_to_console, final_message, power_state_change]
apt: {preserve_sources_list: true}
`,
  // What DHCP says in EC2.
  "etc/systemd/network/10-eth0.network": `[Match]
Name=eth0
[Network]
Address=${vm}/${prefixLength}
Gateway=${services}
DNS=${services}
`,
  "etc/machine-id": "",
};

export interface DebianRoot {
  /** The root file system, which nobody changes. */
  readonly folder: string;
  /** Debian's packages, once downloaded. */
  readonly archives: string;
}

/** The root of a Debian 13 cloud image, made once per cache. */
export async function debianRoot(cache: string): Promise<DebianRoot> {
  const folder = join(cache, "debian-13");
  const archives = join(cache, "archives");
  await mkdir(join(archives, "partial"), { recursive: true });
  if (existsSync(folder)) return { folder, archives };
  const unfinished = `${folder}.new`;
  await rm(unfinished, { recursive: true, force: true });
  const mirror = "http://deb.debian.org";
  await run(
    "mmdebstrap",
    [
      ...["--variant=minbase", "--format=directory", `--include=${packages.join()}`, "trixie", unfinished],
      `deb ${mirror}/debian trixie main`,
      `deb ${mirror}/debian trixie-updates main`,
      `deb ${mirror}/debian-security trixie-security main`,
    ],
    { timeoutMs: 600_000 },
  );
  for (const [path, text] of Object.entries(files)) await writeFile(join(unfinished, path), text);
  await run("systemctl", ["--root", unfinished, "enable", "systemd-networkd"]);
  // It asks who sits before the screen.
  await run("systemctl", ["--root", unfinished, "mask", "systemd-firstboot"]);
  await run("ln", ["-sf", "../run/systemd/resolve/stub-resolv.conf", join(unfinished, "etc/resolv.conf")]);
  await rename(unfinished, folder);
  return { folder, archives };
}
