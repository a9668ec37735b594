import { at, textAt, type Fields } from "../../local/kube/json.ts";
import { KubeError, refOf, type Kube } from "../../local/kube/kube.ts";
import { restrictedContainer, restrictedPod } from "../../components/pod-security.ts";
import { team } from "./stack.ts";

/** A verb on a kind: `create pods`, `get pods/log`, `create roles.rbac.authorization.k8s.io`. */
type Right = string;

/** Whether the account of the team's drivers has a right in its namespace, as the API server decides. */
export async function driverMay(kube: Kube, right: Right): Promise<boolean> {
  const [verb, target = ""] = right.split(" ");
  const [kind = "", subresource] = target.split("/");
  const [resource, ...group] = kind.split(".");
  const accounts = "system:serviceaccounts";
  const review = await kube.request("POST", "/apis/authorization.k8s.io/v1/subjectaccessreviews", {
    body: {
      apiVersion: "authorization.k8s.io/v1",
      kind: "SubjectAccessReview",
      spec: {
        user: `system:serviceaccount:${team}:spark`,
        groups: [accounts, `${accounts}:${team}`, "system:authenticated"],
        resourceAttributes: { namespace: team, verb, group: group.join("."), resource, subresource },
      },
    },
  });
  return at(review, "status", "allowed") === true;
}

/** Why the API server would not take an object of the test's own, all-powerful account; undefined where it would. */
export async function refusal(kube: Kube, object: Fields): Promise<string | undefined> {
  const path = await kube.pathOf({ ...refOf(object), name: "" });
  try {
    await kube.request("POST", path, { query: { dryRun: "All" }, body: object });
    return undefined;
  } catch (error) {
    if (error instanceof KubeError && error.status === 403) return error.message;
    throw error;
  }
}

/** A pod of the team that Pod Security admits, with these fields of its own. */
export function teamPod(spec: Fields = {}, resources: Fields = {}): Fields {
  const container = { name: "main", image: "any:1", securityContext: restrictedContainer, resources };
  return inTeam("Pod", { securityContext: restrictedPod(185), containers: [container], ...spec });
}

/** An object of the team. */
export function inTeam(kind: string, spec: Fields): Fields {
  return { apiVersion: "v1", kind, metadata: { namespace: team, name: "attempt" }, spec };
}

/** The team's quota of that name, as its limits. */
export async function teamQuota(kube: Kube, name: string, key: string): Promise<string> {
  const quota = await kube.read({ apiVersion: "v1", kind: "ResourceQuota", namespace: team, name });
  return textAt(quota, "status", "hard", key) ?? "";
}
