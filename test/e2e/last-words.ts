import { messageOf } from "../../images/errors.ts";
import { refOf, type Kube } from "../../local/kube/kube.ts";
import { podLog } from "./applications.ts";

const most = 30;

/** The action's result. @throws its error, with the last words of what goes with the test and could say why. */
export async function withLastWords<T>(action: Promise<T>, lastWords: () => Promise<string>): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    throw new Error(`${messageOf(cause)}\n${await lastWords().catch(messageOf)}`, { cause });
  }
}

/** The last lines that the pods of a namespace have logged, of those that are `wanted`. */
export async function lastLines(kube: Kube, namespace: string, wanted: RegExp): Promise<string> {
  const pods = (await kube.list("v1", "Pod", { namespace })).map(refOf);
  const logs = await Promise.all(pods.map(({ name }) => podLog(kube, namespace, name)));
  return logs
    .flatMap((log) => log.trimEnd().split("\n"))
    .filter((line) => wanted.test(line))
    .slice(-most)
    .join("\n");
}
