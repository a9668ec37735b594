/** Event logs as Spark 4 writes them, of applications that never ran: for servers that read logs. */

/** How large an application was. */
export interface Size {
  readonly jobs: number;
  /** Tasks of each job, all in one stage. */
  readonly tasks: number;
}

const begin = Date.parse("2026-01-01T00:00:00Z");
const host = "10.0.0.1";

/** The lines of the whole log, without their ends. A task's two lines are as long as a real one's, some 4 KB. */
export function* eventLog(id: string, name: string, { jobs, tasks }: Size): Generator<string> {
  const line = (event: string, fields: object): string =>
    JSON.stringify({ Event: `SparkListener${event}`, ...fields });
  let clock = begin;
  yield line("LogStart", { "Spark Version": "4.0.4" });
  yield line("ApplicationStart", { "App Name": name, "App ID": id, Timestamp: clock, User: "spark" });
  yield line("ExecutorAdded", { Timestamp: clock, "Executor ID": "1", "Executor Info": executor(clock) });
  for (let job = 0; job < jobs; job++) {
    const stage = stageInfo(job, tasks);
    const started = { "Submission Time": clock, Properties: {} };
    yield line("JobStart", { "Job ID": job, "Stage Infos": [stage], "Stage IDs": [job], ...started });
    yield line("StageSubmitted", { "Stage Info": { ...stage, "Submission Time": clock }, Properties: {} });
    for (let index = 0; index < tasks; index++) {
      const info = taskInfo(job * tasks + index, index, clock);
      const of = { "Stage ID": job, "Stage Attempt ID": 0 };
      yield line("TaskStart", { ...of, "Task Info": info });
      clock += 10;
      yield line("TaskEnd", {
        ...of,
        "Task Type": "ResultTask",
        "Task End Reason": { Reason: "Success" },
        "Task Info": { ...info, "Finish Time": clock, Accumulables: accumulables(index) },
        "Task Executor Metrics": {},
        "Task Metrics": taskMetrics,
      });
    }
    const times = { "Submission Time": clock - 10 * tasks, "Completion Time": clock };
    yield line("StageCompleted", { "Stage Info": { ...stage, ...times } });
    yield line("JobEnd", {
      "Job ID": job,
      "Completion Time": clock,
      "Job Result": { Result: "JobSucceeded" },
    });
  }
  yield line("ApplicationEnd", { Timestamp: clock + 1, ExitCode: 0 });
}

/** The lines in files of at least that many bytes each, but for the last: how a rolling log lies in its folder. */
export function* files(lines: Iterable<string>, bytes: number): Generator<Buffer> {
  let parts: Buffer[] = [];
  let size = 0;
  for (const line of lines) {
    const part = Buffer.from(`${line}\n`);
    parts.push(part);
    size += part.length;
    if (size < bytes) continue;
    yield Buffer.concat(parts);
    parts = [];
    size = 0;
  }
  if (size > 0) yield Buffer.concat(parts);
}

function executor(time: number): object {
  const nothing = { "Log Urls": {}, Attributes: {}, Resources: {} };
  return { Host: host, "Total Cores": 1, ...nothing, "Resource Profile Id": 0, "Registration Time": time };
}

function stageInfo(id: number, tasks: number): object {
  return {
    "Stage ID": id,
    "Stage Attempt ID": 0,
    "Stage Name": `collect at main.py:${id}`,
    "Number of Tasks": tasks,
    "RDD Info": [],
    "Parent IDs": [],
    Details: "",
    Accumulables: [],
    "Resource Profile Id": 0,
    "Shuffle Push Enabled": false,
    "Shuffle Push Mergers Count": 0,
  };
}

function taskInfo(id: number, index: number, launch: number): object {
  return {
    "Task ID": id,
    Index: index,
    Attempt: 0,
    "Partition ID": index,
    "Launch Time": launch,
    "Executor ID": "1",
    Host: host,
    Locality: "PROCESS_LOCAL",
    Speculative: false,
    "Getting Result Time": 0,
    "Finish Time": 0,
    Failed: false,
    Killed: false,
    Accumulables: [],
  };
}

/** As many as a query's task has. */
function accumulables(value: number): readonly object[] {
  return Array.from({ length: 20 }, (_, index) => ({
    ID: index,
    Name: `internal.metrics.bench.number${index}`,
    Update: value,
    Value: value,
    Internal: true,
    "Count Failed Values": true,
  }));
}

const reads = ["Remote Blocks Fetched", "Local Blocks Fetched", "Fetch Wait Time", "Remote Bytes Read"];
const moreReads = ["Remote Bytes Read To Disk", "Local Bytes Read", "Total Records Read"];
const writes = ["Shuffle Bytes Written", "Shuffle Write Time", "Shuffle Records Written"];
const zero = (names: readonly string[]): object => Object.fromEntries(names.map((name) => [name, 0]));

const taskMetrics = {
  "Executor Deserialize Time": 1,
  "Executor Deserialize CPU Time": 1_000_000,
  "Executor Run Time": 8,
  "Executor CPU Time": 7_000_000,
  "Peak Execution Memory": 262_144,
  "Result Size": 2525,
  "JVM GC Time": 0,
  "Result Serialization Time": 1,
  "Memory Bytes Spilled": 0,
  "Disk Bytes Spilled": 0,
  "Shuffle Read Metrics": zero([...reads, ...moreReads, "Remote Requests Duration"]),
  "Shuffle Write Metrics": zero(writes),
  "Input Metrics": { "Bytes Read": 0, "Records Read": 0 },
  "Output Metrics": { "Bytes Written": 0, "Records Written": 0 },
  "Updated Blocks": [],
};
