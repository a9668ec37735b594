import { existsSync } from "node:fs";

import { chooseCluster } from "../cluster/choose.ts";
import { openKubeconfig } from "../cluster/kubeconfig.ts";
import { leftovers, removeCrds } from "../kube/leftovers.ts";
import { localPorts } from "../stack.ts";
import { planEngine } from "./engine.ts";
import { places } from "./places.ts";
import { openDemo } from "./platform.ts";
import { forget, readState } from "./state.ts";
import { print, Steps } from "./steps.ts";

/** Removes all that any run has made; of a cluster that is not ours, the platform alone. */
export async function down(signal: AbortSignal): Promise<void> {
  const state = readState();
  if (state === undefined) {
    forget();
    print("there is no demo here");
    return;
  }
  const { existing } = state;
  const wish = { existing, before: state, folder: places.folder, tools: places.tools, ports: localPorts() };
  const { cluster } = await chooseCluster(wish);
  const steps = new Steps(existing === undefined ? 1 : 2, signal);
  if (existing !== undefined) {
    await steps.run("the platform is removed", async (say) => {
      await planEngine("existing");
      const { kube, path } = await openKubeconfig({ ...existing, folder: places.folder });
      if (existsSync(places.engine)) await (await openDemo(path, steps, signal)).destroy();
      // Helm leaves CRDs where they are, since with them go all jobs. The cluster had none before.
      await removeCrds(kube);
      const left = await leftovers(kube);
      if (left.length > 0) throw new Error(`left behind: ${left.join(", ")}`);
      say("the cluster has nothing of it any more");
    });
  }
  await steps.run(cluster.title, (say) => cluster.down(say));
  forget();
  print(
    `\nNothing is left but what makes the next run faster: ${places.cache} and the images of this machine.`,
  );
}
