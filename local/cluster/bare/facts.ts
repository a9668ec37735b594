/** Names, addresses and ports of the node: its own ones, so that it is a stranger to all else on the machine. */

/** What lives as long as the node: data, keys, logs, volumes. */
export const stateFolder = "/var/lib/spark-platform-local";
/** Sockets and mounts, whose paths must be short. */
export const runFolder = "/run/spark-platform-local";
/** What is built and fetched; it outlives the node. */
export const cacheFolder = "/var/cache/spark-platform-local";

export const nodeName = "spark-platform";
export const bridge = "sparkplatform0";
/** The bridge's own address: node, API server and DNS are there, and nowhere that another machine could reach. */
export const address = "10.98.0.1";
export const podRange = "10.98.0.0/24";
export const serviceRange = "10.99.0.0/16";
/** The first one of the range is that of the API server. */
export const firstService = "10.99.0.1";
export const domain = "cluster.local";
/** Below the root of each hierarchy: no other kubelet looks into it. */
export const cgroup = "spark-platform-local";

/** Away from the ports of Kubernetes, which another cluster may have. */
export const ports = {
  apiServer: 16443,
  etcd: 16379,
  etcdPeer: 16380,
  kubelet: 16250,
  kubeletHealth: 16248,
  proxyHealth: 16256,
  proxyMetrics: 16249,
  controllerManager: 16257,
  scheduler: 16259,
  dnsReady: 16281,
  mirror: 16501,
} as const;

export const containerdSocket = `${runFolder}/containerd.sock`;
export const kubeconfig = `${stateFolder}/admin.kubeconfig`;
export const mirrorHost = `127.0.0.1:${ports.mirror}`;
/** What the image of a pod's first process is called. */
export const pauseImage = "registry.k8s.io/pause:spark-platform-local";
