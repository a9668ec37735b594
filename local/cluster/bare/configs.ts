/** The configuration files of the node's parts. Pure. */
import {
  address,
  bridge,
  cgroup,
  containerdSocket,
  domain,
  kubeconfig,
  mirrorHost,
  pauseImage,
} from "./facts.ts";
import { cacheFolder, podRange, ports, runFolder, stateFolder } from "./facts.ts";

/** containerd, https://github.com/containerd/containerd/blob/release/1.6/docs/cri/config.md */
export const containerdConfig = `version = 2
root = "${stateFolder}/containerd"
state = "${runFolder}/containerd"
[grpc]
  address = "${containerdSocket}"
[plugins."io.containerd.internal.v1.opt"]
  path = "${stateFolder}/opt"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "${pauseImage}"
  # Not in the folder that all of the machine share.
  netns_mounts_under_state_dir = true
  # In a container of its own, the machine's root may not lower the scores.
  restrict_oom_score_adj = true
  [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
    runtime_type = "io.containerd.runc.v2"
    [plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
      Root = "${runFolder}/runc"
      SystemdCgroup = false
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "${stateFolder}/cni"
  [plugins."io.containerd.grpc.v1.cri".registry]
    config_path = "${stateFolder}/certs.d"
`;

/** Whatever host an image's name has, it is asked of the mirror first. */
export const hostsConfig = `[host."http://${mirrorHost}"]
  capabilities = ["pull", "resolve"]
`;

/** No plug-in that leaves rules behind: the way out of the pods is the node's own rule (network.ts). */
export const cniConfig = JSON.stringify({
  cniVersion: "0.4.0",
  name: "spark-platform-local",
  plugins: [
    {
      type: "bridge",
      bridge,
      isGateway: true,
      hairpinMode: true,
      ipam: {
        type: "host-local",
        dataDir: `${stateFolder}/addresses`,
        ranges: [[{ subnet: podRange, gateway: address }]],
        routes: [{ dst: "0.0.0.0/0" }],
      },
    },
    { type: "loopback" },
  ],
});

/** https://kubernetes.io/docs/reference/config-api/kubelet-config.v1beta1/ */
export const kubeletConfig = JSON.stringify({
  apiVersion: "kubelet.config.k8s.io/v1beta1",
  kind: "KubeletConfiguration",
  address,
  port: ports.kubelet,
  healthzBindAddress: "127.0.0.1",
  healthzPort: ports.kubeletHealth,
  authentication: {
    anonymous: { enabled: false },
    webhook: { enabled: true },
    x509: { clientCAFile: `${stateFolder}/pki/ca.crt` },
  },
  authorization: { mode: "Webhook" },
  tlsCertFile: `${stateFolder}/pki/kubelet.crt`,
  tlsPrivateKeyFile: `${stateFolder}/pki/kubelet.key`,
  cgroupDriver: "cgroupfs",
  cgroupRoot: `/${cgroup}`,
  failCgroupV1: false,
  failSwapOn: false,
  containerRuntimeEndpoint: `unix://${containerdSocket}`,
  clusterDomain: domain,
  clusterDNS: [address],
  podLogsDir: `${stateFolder}/pod-logs`,
  volumePluginDir: `${stateFolder}/volume-plugins`,
  // Some file systems cannot tell how full a folder is; nobody on this node needs to know.
  localStorageCapacityIsolation: false,
  // A full disk is for the machine's owner to see to: nothing here is worth to be deleted for it.
  evictionHard: {},
  imageGCHighThresholdPercent: 100,
  imageGCLowThresholdPercent: 99,
});

/** The plug-ins are those that go/coredns has. */
export const dnsConfig = `.:53 {
  bind ${address}
  errors
  ready 127.0.0.1:${ports.dnsReady}
  kubernetes ${domain} in-addr.arpa ip6.arpa {
    kubeconfig ${kubeconfig}
    pods insecure
  }
  forward . /etc/resolv.conf
  cache 5
}
`;

/** https://distribution.github.io/distribution/about/configuration/ */
export const mirrorConfig = `version: 0.1
log: { level: warn }
storage:
  filesystem: { rootdirectory: "${cacheFolder}/mirror" }
  delete: { enabled: true }
http: { addr: "${mirrorHost}" }
`;
