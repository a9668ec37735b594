/** `npm run images`: see `--help`. */
import { fileURLToPath } from "node:url";
import { helpText, parseCommandLine, type Options } from "./args.ts";
import { chooseEngine } from "./engine.ts";
import { messageOf, UsageError } from "./errors.ts";
import { installPackages } from "./gateway/packages.ts";
import { fetchJar } from "./maven.ts";
import { DownloadProgress, say } from "./progress.ts";
import { run } from "./run.ts";
import { readStackRegistry } from "./stack-registry.ts";
import { recipes } from "./versions.ts";

const project = fileURLToPath(new URL("../", import.meta.url));
const cacheFolder = `${project}.cache/`;

async function build(options: Options, signal: AbortSignal): Promise<readonly string[]> {
  const progress = new DownloadProgress();
  return run(options, {
    engine: await chooseEngine(options.engine, { signal }),
    fetchJar: (jar) =>
      fetchJar(jar, {
        repository: options.mavenRepository,
        cache: `${cacheFolder}jars`,
        signal,
        onProgress: progress.update,
        onNote: say,
      }),
    installPackages: (context) => installPackages(context, { signal }),
    stackRegistry: (stack) => readStackRegistry(stack, project, { signal }),
    contexts: `${cacheFolder}images`,
    authorities: `${cacheFolder}registries`,
    say,
  });
}

async function main(): Promise<number> {
  const interrupted = new AbortController();
  for (const name of ["SIGINT", "SIGTERM"] as const) {
    process.once(name, () => {
      interrupted.abort();
    });
  }
  try {
    const options = parseCommandLine(process.argv.slice(2), process.env, recipes);
    if (options.help) console.log(helpText(recipes));
    else for (const reference of await build(options, interrupted.signal)) console.log(reference);
    return 0;
  } catch (error) {
    if (interrupted.signal.aborted) {
      say("interrupted; run it again to go on.");
      return 130;
    }
    say(messageOf(error));
    return error instanceof UsageError ? 2 : 1;
  } finally {
    // Ends a download that nobody waits for any more.
    interrupted.abort();
  }
}

process.exitCode = await main();
