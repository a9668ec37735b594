import {
  ApiException,
  AuthenticationV1Api,
  createConfiguration,
  ServerConfiguration,
  V1TokenReview,
  V1TokenReviewSpec,
  type KubeConfig,
} from "@kubernetes/client-node";

import { secondMs } from "../clock.ts";
import { Problem } from "../errors/problem.ts";
import type { ServiceAccountVerifier } from "./service-accounts.ts";

/**
 * Verifies tokens by Kubernetes' TokenReview, which sees deleted accounts and pods at once; the gateway's own account
 * needs `create` on tokenreviews (the role system:auth-delegator). Nothing is cached.
 * https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-review-v1/
 */
export class TokenReviewVerifier implements ServiceAccountVerifier {
  readonly #api: AuthenticationV1Api;
  readonly #audience: string;

  /** `patienceMs`: how long Kubernetes may take over one token. */
  constructor(cluster: KubeConfig, audience: string, patienceMs = 5 * secondMs) {
    const server = cluster.getCurrentCluster()?.server;
    if (server === undefined) throw new Error("the kubeconfig names no cluster");
    this.#audience = audience;
    this.#api = new AuthenticationV1Api(
      createConfiguration({
        baseServer: new ServerConfiguration(server, {}),
        authMethods: { default: cluster },
        promiseMiddleware: [
          {
            pre: (request) => {
              request.setSignal(AbortSignal.timeout(patienceMs));
              return Promise.resolve(request);
            },
            post: (response) => Promise.resolve(response),
          },
        ],
      }),
    );
  }

  async verify(token: string): Promise<string | undefined> {
    const review = await this.#review(token);
    const status = review.status;
    // An API server that knows nothing of audiences leaves them out, and would let any of its tokens in here.
    if (status?.authenticated !== true || status.audiences?.includes(this.#audience) !== true)
      return undefined;
    const name = status.user?.username;
    return name?.startsWith("system:serviceaccount:") === true ? name : undefined;
  }

  async #review(token: string): Promise<V1TokenReview> {
    const body = new V1TokenReview();
    body.spec = new V1TokenReviewSpec();
    body.spec.token = token;
    body.spec.audiences = [this.#audience];
    try {
      return await this.#api.createTokenReview({ body });
    } catch (error) {
      // Not the error itself: its message repeats what was answered, and that can repeat the token.
      const cause = new Error(`TokenReview failed: ${reasonOf(error)}`);
      throw new Problem("identity-unavailable", "try again", { cause });
    }
  }
}

function reasonOf(error: unknown): string {
  if (error instanceof ApiException) return `HTTP ${error.code}`;
  return error instanceof Error ? error.name : typeof error;
}
