import { firstEvents } from "./application-events.ts";
import { stageAccumulables, taskEnd, taskStart, type StageKind, type StageSums } from "./task-events.ts";

/** An application that never ran. Its log is the same each time, byte for byte. */
export interface LoggedApplication {
  /** Spark's own id, which is its address too. */
  readonly id: string;
  readonly name: string;
  /** Tasks of each of the two stages that a job has. */
  readonly tasks: number;
  /** It runs one job after the other until its log has so many bytes, uncompressed, and one at least. */
  readonly bytes: number;
}

const begin = Date.parse("2026-01-01T00:00:00Z");
const executors = 2;

/**
 * The lines of its event log, as Spark 4.0.4 writes them for `reduceByKey` and `collect` of a Python job: a task's
 * two lines are as long as a real one's, some 5 KB, and an application's first lines some 100 KB.
 */
export function* eventLog({ id, name, tasks, bytes }: LoggedApplication): Generator<string> {
  let written = 0;
  for (const event of events(id, name, tasks, () => written >= bytes)) {
    const line = `${JSON.stringify(event)}\n`;
    written += line.length;
    yield line;
  }
}

function* events(id: string, name: string, tasks: number, enough: () => boolean): Generator<object> {
  yield* firstEvents(id, name, executors, begin);
  const random = numbersFrom(1);
  let clock = begin + 1000;
  let job = 0;
  do {
    clock = yield* jobEvents(job, tasks, clock, random);
    job++;
  } while (!enough());
  yield { Event: "SparkListenerApplicationEnd", Timestamp: clock, ExitCode: 0 };
}

/** Returns the time of its end. */
function* jobEvents(job: number, tasks: number, at: number, random: () => number): Generator<object, number> {
  const stages = (["map", "result"] as const).map((kind, index) => ({ kind, id: 2 * job + index, tasks }));
  const started = { "Submission Time": at, "Stage Infos": stages.map((stage) => stageInfo(stage)) };
  const ids = stages.map(({ id }) => id);
  yield { Event: "SparkListenerJobStart", "Job ID": job, ...started, "Stage IDs": ids, Properties: scope };
  let clock = at;
  for (const stage of stages) clock = yield* stageEvents(stage, clock, random);
  const result = { Result: "JobSucceeded" };
  yield { Event: "SparkListenerJobEnd", "Job ID": job, "Completion Time": clock, "Job Result": result };
  return clock;
}

interface Stage {
  readonly id: number;
  readonly kind: StageKind;
  readonly tasks: number;
}

/** Every executor has one core, so that tasks come and go in turn. Returns the time of the stage's end. */
function* stageEvents(stage: Stage, at: number, random: () => number): Generator<object, number> {
  const submitted = { "Submission Time": at };
  yield {
    Event: "SparkListenerStageSubmitted",
    "Stage Info": stageInfo(stage, submitted),
    Properties: scope,
  };
  const sums: StageSums = new Map();
  let clock = at;
  for (let index = 0; index < stage.tasks; index++) {
    const launch = clock;
    clock += 5 + Math.floor(random() * 20);
    const id = stage.id * stage.tasks + index;
    const executor = 1 + (index % executors);
    const task = { stage: stage.id, kind: stage.kind, id, index, executor, launch, finish: clock };
    yield { Event: "SparkListenerTaskStart", ...taskStart(task) };
    yield { Event: "SparkListenerTaskEnd", ...taskEnd(task, random, sums) };
  }
  const completed = { ...submitted, "Completion Time": clock };
  const accumulables = stageAccumulables(stage.id, sums);
  yield { Event: "SparkListenerStageCompleted", "Stage Info": stageInfo(stage, completed, accumulables) };
  return clock;
}

const scope = {
  "spark.rdd.scope": '{"id":"22","name":"collect"}',
  "callSite.short": "collect at main.py:4",
  "spark.rdd.scope.noOverride": "true",
};

function stageInfo(
  { id, kind, tasks }: Stage,
  times: object = {},
  accumulables: readonly object[] = [],
): object {
  const callSite = kind === "map" ? "reduceByKey at main.py:4" : "collect at main.py:4";
  return {
    "Stage ID": id,
    "Stage Attempt ID": 0,
    "Stage Name": callSite,
    "Number of Tasks": tasks,
    "RDD Info": [rddInfo(id, kind, tasks, callSite)],
    "Parent IDs": kind === "map" ? [] : [id - 1],
    Details:
      "org.apache.spark.rdd.RDD.collect(RDD.scala:1056)\njava.base/java.lang.Thread.run(Thread.java:840)",
    ...times,
    Accumulables: accumulables,
    "Resource Profile Id": 0,
    "Shuffle Push Enabled": false,
    "Shuffle Push Mergers Count": 0,
  };
}

function rddInfo(id: number, kind: StageKind, partitions: number, callSite: string): object {
  return {
    "RDD ID": id,
    Name: kind === "map" ? "PairwiseRDD" : "PythonRDD",
    Scope: scope["spark.rdd.scope"],
    Callsite: callSite,
    "Parent IDs": [],
    "Storage Level": {
      "Use Disk": false,
      "Use Memory": false,
      "Use Off Heap": false,
      Deserialized: false,
      Replication: 1,
    },
    Barrier: false,
    DeterministicLevel: kind === "map" ? "DETERMINATE" : "UNORDERED",
    "Number of Partitions": partitions,
    "Number of Cached Partitions": 0,
    "Memory Size": 0,
    "Disk Size": 0,
  };
}

/** Numbers from 0 to 1, the same ones each time: Lehmer's generator with the multiplier of C++'s minstd_rand. */
function numbersFrom(seed: number): () => number {
  const modulus = 2 ** 31 - 1;
  let state = seed;
  return () => {
    state = (state * 48_271) % modulus;
    return state / modulus;
  };
}
