import { at, recordAt } from "../../../local/kube/json.ts";
import { executorHost, taskEnd, taskStart, type Task } from "./task-events.ts";

/**
 * The events of Spark 4.0.4 that an ordinary application leaves out, and the fields that its own leave empty: executors
 * with logs that come and go, failures of every kind, cached data. With names and values as Spark gives them.
 */
export function* rareEvents(time: number): Generator<object> {
  yield* executorEvents(time);
  yield* failedJob(time);
  yield* cachedBlocks();
  yield* exclusions(time);
  yield* removals(time);
}

/** Numbers of the job and the stage that fail; those of an ordinary application's one job are lower. */
export const failed = { job: 1, stage: 2, rdd: 30, sqlExecution: 0 } as const;
/** The executor with logs, which is lost. */
const lost = 3;

function* executorEvents(time: number): Generator<object> {
  yield {
    Event: "SparkListenerExecutorAdded",
    Timestamp: time,
    "Executor ID": String(lost),
    "Executor Info": {
      Host: executorHost(lost),
      "Total Cores": 1,
      "Log Urls": { stdout: "http://logs.test/stdout", stderr: "http://logs.test/stderr" },
      Attributes: { CONTAINER: "one" },
      Resources: { gpu: { name: "gpu", addresses: ["0", "1"] } },
      "Resource Profile Id": 0,
      "Registration Time": time,
      "Request Time": time,
    },
  };
  yield {
    Event: "org.apache.spark.scheduler.SparkListenerMiscellaneousProcessAdded",
    time,
    processId: "sidecar",
    info: { hostPort: "10.244.0.9:4000", cores: 1, logUrlInfo: { stdout: "http://logs.test/process" } },
  };
  yield {
    Event: "SparkListenerExecutorMetricsUpdate",
    "Executor ID": String(lost),
    "Metrics Updated": [
      {
        "Task ID": 100,
        "Stage ID": failed.stage,
        "Stage Attempt ID": 0,
        "Accumulator Updates": [accumulable(900)],
      },
    ],
    "Executor Metrics Updated": [],
  };
}

const accumulable = (id: number): object => ({
  ID: id,
  Name: "rows seen",
  Update: "three",
  Value: "three of five",
  Internal: false,
  "Count Failed Values": false,
  Metadata: "words",
});

const stackTrace = [
  { "Declaring Class": "Main", "Method Name": "run", "File Name": "Main.scala", "Line Number": 7 },
];

const blockManager = { "Executor ID": String(lost), Host: executorHost(lost), Port: 7079 };

/** Ends of tasks, in the words of `TaskEndReason`. */
const ends = [
  { Reason: "Success" },
  {
    Reason: "ExceptionFailure",
    "Class Name": "java.lang.ArithmeticException",
    Description: "[DIVIDE_BY_ZERO] by zero",
    "Stack Trace": stackTrace,
    "Full Stack Trace": "java.lang.ArithmeticException: / by zero\n\tat Main.run(Main.scala:7)",
    "Accumulator Updates": [accumulable(900)],
  },
  {
    Reason: "FetchFailed",
    "Block Manager Address": blockManager,
    "Shuffle ID": 0,
    "Map ID": 0,
    "Map Index": 0,
    "Reduce ID": 0,
    Message: "the block is not there",
  },
  { Reason: "TaskKilled", "Kill Reason": "another attempt succeeded", "Accumulator Updates": [] },
  { Reason: "TaskCommitDenied", "Job ID": failed.job, "Partition ID": 3, "Attempt Number": 0 },
  {
    Reason: "ExecutorLostFailure",
    "Executor ID": String(lost),
    "Exit Caused By App": true,
    "Loss Reason": "exit code 137",
  },
  { Reason: "Resubmitted" },
  { Reason: "TaskResultLost" },
  { Reason: "UnknownReason" },
];

function* failedJob(time: number): Generator<object> {
  const properties = {
    "spark.job.description": "counts words",
    "spark.jobGroup.id": "nightly",
    "spark.job.tags": "one",
    "spark.scheduler.pool": "default",
    "callSite.short": "count at main.py:9",
    "spark.sql.execution.id": String(failed.sqlExecution),
  };
  const begun = { "Submission Time": time };
  yield {
    Event: "SparkListenerJobStart",
    "Job ID": failed.job,
    ...begun,
    "Stage Infos": [stageInfo({})],
    "Stage IDs": [failed.stage],
    Properties: properties,
  };
  yield {
    Event: "SparkListenerStageSubmitted",
    "Stage Info": stageInfo(begun),
    Properties: properties,
  };
  for (const [index, reason] of ends.entries()) yield* failedTask(index, reason, time);
  const lost = { "Failure Reason": "Job aborted due to stage failure:\nTask 0 failed" };
  yield {
    Event: "SparkListenerStageCompleted",
    "Stage Info": stageInfo({ ...begun, "Completion Time": time + 90, ...lost }),
  };
  const exception = { Message: "Job aborted due to stage failure", "Stack Trace": stackTrace };
  yield {
    Event: "SparkListenerJobEnd",
    "Job ID": failed.job,
    "Completion Time": time + 95,
    "Job Result": { Result: "JobFailed", Exception: exception },
  };
}

function stageInfo(more: object): object {
  return {
    "Stage ID": failed.stage,
    "Stage Attempt ID": 0,
    "Stage Name": "count at main.py:9",
    "Number of Tasks": ends.length,
    "RDD Info": [
      {
        "RDD ID": failed.rdd,
        Name: "words",
        Scope: '{"id":"30","name":"textFile"}',
        Callsite: "textFile at main.py:8",
        "Parent IDs": [],
        "Storage Level": cached,
        Barrier: true,
        DeterministicLevel: "INDETERMINATE",
        "Number of Partitions": ends.length,
        "Number of Cached Partitions": 1,
        "Memory Size": 1000,
        "Disk Size": 0,
      },
    ],
    "Parent IDs": [],
    Details: "Main.run(Main.scala:7)\nMain.main(Main.scala:3)",
    Accumulables: [accumulable(900)],
    "Resource Profile Id": 0,
    "Shuffle Push Enabled": false,
    "Shuffle Push Mergers Count": 0,
    ...more,
  };
}

function* failedTask(index: number, reason: (typeof ends)[number], launch: number): Generator<object> {
  const task: Task = {
    ...{ stage: failed.stage, kind: "result", id: 100 + index, index, executor: lost },
    ...{ launch, finish: launch + 50 + index },
  };
  const started = { Event: "SparkListenerTaskStart", ...taskStart(task) };
  yield started;
  if (index === 0) yield { Event: "SparkListenerTaskGettingResult", "Task Info": at(started, "Task Info") };
  const ended = taskEnd(task, () => 0.5, new Map());
  const info = recordAt(ended, "Task Info");
  yield {
    Event: "SparkListenerTaskEnd",
    ...ended,
    "Task End Reason": reason,
    "Task Info": { ...info, Failed: reason.Reason !== "Success", Accumulables: [accumulable(900)] },
  };
}

const cached = {
  "Use Disk": false,
  "Use Memory": true,
  "Use Off Heap": false,
  Deserialized: true,
  Replication: 1,
};

function* cachedBlocks(): Generator<object> {
  // On one that stays.
  const keeper = { "Executor ID": "1", Host: executorHost(1), Port: 7079 };
  for (const block of [`rdd_${failed.rdd}_0`, "broadcast_0_piece0", "input-0-1"]) {
    const size = { "Storage Level": cached, "Memory Size": 1000, "Disk Size": 0 };
    const info = { "Block Manager ID": keeper, "Block ID": block, ...size };
    yield { Event: "SparkListenerBlockUpdated", "Block Updated Info": info };
  }
  yield { Event: "SparkListenerUnpersistRDD", "RDD ID": failed.rdd + 1 };
}

/** Written by Jackson from the classes' own fields, unlike the others. */
function* exclusions(time: number): Generator<object> {
  const scheduler = "org.apache.spark.scheduler.SparkListener";
  const stage = { stageId: failed.stage, stageAttemptId: 0 };
  const executor = { time, executorId: String(lost), taskFailures: 1 };
  const node = { time, hostId: executorHost(lost), executorFailures: 1 };
  for (const word of ["Blacklisted", "Excluded"]) {
    yield { Event: `${scheduler}Executor${word}ForStage`, ...executor, ...stage };
    yield { Event: `${scheduler}Node${word}ForStage`, ...node, ...stage };
    yield { Event: `${scheduler}Executor${word}`, ...executor };
    yield { Event: `${scheduler}Node${word}`, ...node };
  }
  for (const word of ["Unblacklisted", "Unexcluded"]) {
    yield { Event: `${scheduler}Executor${word}`, time, executorId: String(lost) };
    yield { Event: `${scheduler}Node${word}`, time, hostId: executorHost(lost) };
  }
}

function* removals(time: number): Generator<object> {
  yield {
    Event: "SparkListenerStageExecutorMetrics",
    "Executor ID": String(lost),
    "Stage ID": failed.stage,
    "Stage Attempt ID": 0,
    "Executor Metrics": {},
  };
  const removed = { Timestamp: time + 80, "Executor ID": String(lost) };
  yield { Event: "SparkListenerExecutorRemoved", ...removed, "Removed Reason": "exit code 137" };
  yield { Event: "SparkListenerBlockManagerRemoved", "Block Manager ID": blockManager, Timestamp: time + 81 };
}
