import type { Vm } from "./vm.ts";

const units = [
  ...["nginx", "docker-registry", "systemd-journald", "systemd-resolved"],
  ...["registry-sync.timer", "registry-health.timer"],
];

/** Addresses that others reach, such as `0.0.0.0:443`. */
export async function listening(vm: Vm): Promise<string[]> {
  const sockets = (await vm.run("ss", "-Hlntu")).trim().split("\n");
  const addresses = sockets.map((line) => line.split(/\s+/)[4] ?? "");
  return addresses.filter((address) => !/^(127\.|\[::1\])/.test(address));
}

/** Units that failed. */
export async function failedUnits(vm: Vm): Promise<string[]> {
  const lines = (await vm.run("systemctl", "--failed", "--plain", "--no-legend")).trim().split("\n");
  return lines.map((line) => line.split(" ")[0] ?? "").filter((unit) => unit !== "");
}

/** When the services last started. */
export function started(vm: Vm): Promise<string> {
  return vm.run("systemctl", "show", "--property", "Id,ActiveEnterTimestampMonotonic,MainPID", ...units);
}

/** All that a script could have changed: files of the machine's configuration, packages, running services. */
export async function state(vm: Vm): Promise<string[]> {
  const folders = ["/etc", "/usr", "/root", "/var/lib/dpkg", "/var/lib/systemd/deb-systemd-helper-enabled"];
  const files = await vm.run(
    ...["find", ...folders, "-not", "-path", "*/__pycache__*", "-not", "-name", "lock*"],
    ...["-printf", "%p %y %m %u %g %s %T@\\n"],
  );
  return [...files.split("\n").sort(), ...(await started(vm)).split("\n")];
}
