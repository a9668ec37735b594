/**
 * The rules of Pod Security `restricted`, those of `baseline` among them, as
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/ states them (Linux pods).
 */
import { at, isRecord, listAt, recordAt, textAt, type Fields } from "../../local/kube/json.ts";

const volumeTypes = new Set([
  "configMap",
  "csi",
  "downwardAPI",
  "emptyDir",
  "ephemeral",
  "persistentVolumeClaim",
  "projected",
  "secret",
]);

const safeSysctls = new Set([
  "kernel.shm_rmid_forced",
  "net.ipv4.ip_local_port_range",
  "net.ipv4.ip_unprivileged_port_start",
  "net.ipv4.tcp_syncookies",
  "net.ipv4.ping_group_range",
]);

const seLinuxTypes = new Set([
  "",
  "container_t",
  "container_init_t",
  "container_kvm_t",
  "container_engine_t",
]);

/** What `restricted` refuses in a pod's spec, one line each; none where the pod is admitted. */
export function restrictedViolations(spec: unknown): readonly string[] {
  const containers = ["initContainers", "containers", "ephemeralContainers"].flatMap((list) =>
    listAt(spec, list),
  );
  const pod = recordAt(spec, "securityContext");
  return [
    ...(containers.length === 0 ? ["no containers"] : []),
    ...["hostNetwork", "hostPID", "hostIPC"].filter((field) => at(spec, field) === true),
    ...listAt(spec, "volumes").flatMap(volumeViolations),
    ...listAt(pod, "sysctls")
      .map((sysctl) => textAt(sysctl, "name") ?? "")
      .filter((name) => !safeSysctls.has(name))
      .map((name) => `sysctl ${name}`),
    ...sharedViolations(pod).map((rule) => `pod: ${rule}`),
    ...containers.flatMap((container) =>
      containerViolations(container, pod).map((rule) => `${textAt(container, "name") ?? ""}: ${rule}`),
    ),
  ];
}

function volumeViolations(volume: unknown): readonly string[] {
  const types = Object.keys(isRecord(volume) ? volume : {}).filter((key) => key !== "name");
  return types.filter((type) => !volumeTypes.has(type)).map((type) => `volume of type ${type}`);
}

/** Rules of fields that pods and containers both have. */
function sharedViolations(context: Fields): readonly string[] {
  const seLinux = recordAt(context, "seLinuxOptions");
  const appArmor = textAt(context, "appArmorProfile", "type") ?? "RuntimeDefault";
  const wrong: readonly (readonly [rule: string, broken: boolean])[] = [
    ["runAsUser 0", context["runAsUser"] === 0],
    ["hostProcess", at(context, "windowsOptions", "hostProcess") === true],
    ["appArmorProfile", !["RuntimeDefault", "Localhost"].includes(appArmor)],
    ["seLinuxOptions.type", !seLinuxTypes.has(textAt(seLinux, "type") ?? "")],
    ["seLinuxOptions.user or role", seLinux["user"] !== undefined || seLinux["role"] !== undefined],
  ];
  return wrong.flatMap(([rule, broken]) => (broken ? [rule] : []));
}

function containerViolations(container: unknown, pod: Fields): readonly string[] {
  const context = recordAt(container, "securityContext");
  // A container's own word goes before the pod's.
  const nonRoot = context["runAsNonRoot"] ?? pod["runAsNonRoot"];
  const seccomp = textAt(context, "seccompProfile", "type") ?? textAt(pod, "seccompProfile", "type") ?? "";
  const added = listAt(context, "capabilities", "add");
  const hosts = ["livenessProbe", "readinessProbe", "startupProbe"].flatMap((probe) =>
    ["httpGet", "tcpSocket"].map((action) => textAt(container, probe, action, "host") ?? ""),
  );
  const wrong: readonly (readonly [rule: string, broken: boolean])[] = [
    ["privileged", context["privileged"] === true],
    ["allowPrivilegeEscalation", context["allowPrivilegeEscalation"] !== false],
    ["capabilities.drop", !listAt(context, "capabilities", "drop").includes("ALL")],
    ["capabilities.add", added.some((capability) => capability !== "NET_BIND_SERVICE")],
    ["runAsNonRoot", nonRoot !== true],
    ["seccompProfile", !["RuntimeDefault", "Localhost"].includes(seccomp)],
    ["procMount", (context["procMount"] ?? "Default") !== "Default"],
    ["hostPort", listAt(container, "ports").some((port) => (at(port, "hostPort") ?? 0) !== 0)],
    ["host of a probe", hosts.some((host) => host !== "")],
  ];
  return [...sharedViolations(context), ...wrong.flatMap(([rule, broken]) => (broken ? [rule] : []))];
}
