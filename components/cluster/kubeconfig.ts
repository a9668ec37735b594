export interface EksAddress {
  readonly name: string;
  readonly region: string;
  readonly endpoint: string;
  /** PEM in base64. */
  readonly certificateAuthority: string;
}

/**
 * A kubeconfig for an EKS cluster, as `aws eks update-kubeconfig` writes one. It holds no secret: whoever uses it
 * asks AWS for a token as who they are in AWS, with the AWS command line.
 * https://docs.aws.amazon.com/eks/latest/userguide/create-kubeconfig.html
 */
export function eksKubeconfig({ name, region, endpoint, certificateAuthority }: EksAddress): string {
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1beta1",
    command: "aws",
    args: ["eks", "get-token", "--region", region, "--cluster-name", name, "--output", "json"],
  };
  return JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: endpoint, "certificate-authority-data": certificateAuthority } }],
    users: [{ name, user: { exec } }],
    contexts: [{ name, context: { cluster: name, user: name } }],
    "current-context": name,
  });
}
