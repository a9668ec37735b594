import type { ObservedPod } from "../../kubernetes/objects.ts";
import { endOf, shorten, type Cause, type Scene } from "./cause.ts";
import { lossCause } from "./loss.ts";
import { wordsCause } from "./words.ts";

/** SIGKILL, which on a node means the kernel's out-of-memory killer unless somebody else is known. */
const killed = 137;
/** SIGTERM: somebody asked the program to stop. */
const terminated = 143;

/** Why an application failed, or a run of it. There is always something to say. */
export function failureCause(scene: Scene): Cause {
  const { application, driver } = scene;
  const complaint = application.status?.applicationState?.errorMessage ?? "";
  return (
    submissionCause(complaint) ??
    (driver && (driverMemoryCause(driver) ?? lossCause(driver))) ??
    (driver && endCause(driver, scene)) ??
    executorCause(scene) ??
    lostCause(complaint) ?? {
      reason: complaint === "" ? "the operator does not say why" : shorten(complaint),
      hint: "look at the driver's log, if there is one, and submit the job again",
    }
  );
}

/** What the operator says of a submission (operator 2.5.2 controller.go, submission.go): spark-submit's whole output. */
function submissionCause(complaint: string): Cause | undefined {
  const quota = /exceeded quota: [^\n]*/.exec(complaint);
  if (quota !== null) {
    return {
      reason: `the namespace's quota is used up: ${shorten(quota[0])}`,
      hint: "wait until other jobs have ended, or ask for less",
    };
  }
  if (!/failed to (submit spark application|run spark-submit)/.test(complaint)) return undefined;
  const { reason, hint } = wordsCause(complaint) ?? {
    reason: shorten(lastWords(complaint)),
    hint: "check mainFile, the dependencies and sparkConf of the job",
  };
  return { reason: `the submission failed: ${reason.replace(/^the program failed: /, "")}`, hint };
}

/** Of spark-submit's output, what is neither its log nor a stack trace. */
function lastWords(complaint: string): string {
  const lines = complaint
    .replace(/^(failed to (submit spark application|run spark-submit): )+/, "")
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "" && !/^at |^\d\d\/\d\d\/\d\d |^\.\.\. \d+ more/.test(line));
  return lines.at(-1) ?? complaint;
}

function driverMemoryCause(driver: ObservedPod): Cause | undefined {
  const end = endOf(driver);
  const isKilled = end?.exitCode === killed && lossCause(driver) === undefined;
  if (end?.reason !== "OOMKilled" && !isKilled) return undefined;
  return {
    reason: `the driver was killed, being out of memory (exit code ${end.exitCode})`,
    hint: "raise driver.memoryOverhead or driver.memory, and collect less data to the driver",
  };
}

/** Executors that were killed, as their pods tell, or the operator's events about those that are gone. */
function executorCause({ executors, events }: Scene): Cause | undefined {
  const pod = executors.find((each) => {
    const end = endOf(each);
    return end?.reason === "OOMKilled" || (end?.exitCode === killed && each.status.reason === undefined);
  });
  const event = events.find(
    ({ reason, message }) =>
      reason === "SparkExecutorFailed" && /ExitCode: 137|Reason: OOMKilled/.test(message),
  );
  if (pod === undefined && event === undefined) return undefined;
  return {
    reason: `an executor was killed, being out of memory: ${pod?.metadata.name ?? shorten(event?.message ?? "")}`,
    hint: "raise executor.memoryOverhead or executor.memory, or use more partitions",
  };
}

/** A driver that fails because Spark gave its job up often only repeats so; why, the executors know. */
const gaveUp = /Py4JJavaError|SparkException|Job aborted/;

function endCause(driver: ObservedPod, scene: Scene): Cause | undefined {
  const end = endOf(driver);
  if (end === undefined) return undefined;
  const { exitCode, reason, message = "" } = end;
  const said = wordsCause(message);
  if (said !== undefined) return (gaveUp.test(message) ? executorCause(scene) : undefined) ?? said;
  if (exitCode === terminated) {
    return {
      reason: "the driver was told to stop (exit code 143)",
      hint: "submit the job again, unless somebody meant to end it",
    };
  }
  const kind = reason === undefined || reason === "Error" ? "" : ` (${reason})`;
  return (
    executorCause(scene) ?? {
      reason: `the driver ended with exit code ${exitCode}${kind}`,
      hint: "look at the driver's log",
    }
  );
}

function lostCause(complaint: string): Cause | undefined {
  if (!/^driver (pod not found|container status missing)/.test(complaint)) return undefined;
  return {
    reason: `the driver was lost: its pod was deleted or its node is gone (${complaint})`,
    hint: "submit the job again, or let it restart by itself with restart.retries",
  };
}
