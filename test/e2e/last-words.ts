import { messageOf } from "../../images/errors.ts";
import { refOf, type Kube } from "../../local/kube/kube.ts";
import { podLog } from "./applications.ts";

const most = 30;

/**
 * The action's result. @throws its error with the last lines that the pods of a namespace have logged, which go with the
 * platform: those alone that are `wanted`.
 */
export async function withLastWords<T>(
  kube: Kube,
  namespace: string,
  wanted: RegExp,
  action: Promise<T>,
): Promise<T> {
  try {
    return await action;
  } catch (cause) {
    const said = await lastWords(kube, namespace, wanted).catch(messageOf);
    throw new Error(`${messageOf(cause)}\n${said}`, { cause });
  }
}

async function lastWords(kube: Kube, namespace: string, wanted: RegExp): Promise<string> {
  const pods = (await kube.list("v1", "Pod", { namespace })).map(refOf);
  const logs = await Promise.all(pods.map(({ name }) => podLog(kube, namespace, name)));
  return logs
    .flatMap((log) => log.trimEnd().split("\n"))
    .filter((line) => wanted.test(line))
    .slice(-most)
    .join("\n");
}
