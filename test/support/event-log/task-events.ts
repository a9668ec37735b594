/** What a task leaves in an event log, field for field as Spark 4.0.4 writes it. */

export type StageKind = "map" | "result";

/** A task's place: its stage, and its number among the stage's tasks and among all. */
export interface Task {
  readonly stage: number;
  readonly kind: StageKind;
  readonly id: number;
  readonly index: number;
  readonly executor: number;
  /** Milliseconds since 1970. */
  readonly launch: number;
  readonly finish: number;
}

/** A figure of a task and the sum of it over the stage so far. */
interface Metric {
  readonly name: string;
  readonly update: number;
  readonly sum: number;
}

/** Sums over a stage, by the names of its metrics. */
export type StageSums = Map<string, number>;

/** So many numbers are kept for a stage's accumulators that no two stages share one. */
const accumulatorsPerStage = 100;

export function executorHost(executor: number): string {
  return `10.244.0.${10 + executor}`;
}

export function taskStart(task: Task): object {
  return { "Stage ID": task.stage, "Stage Attempt ID": 0, "Task Info": taskInfo(task, 0, []) };
}

/** `random` gives a number from 0 to 1; `sums` goes on growing with every task of the stage. */
export function taskEnd(task: Task, random: () => number, sums: StageSums): object {
  const work = workOf(task, random);
  const metrics = accumulated(task.kind, work, sums);
  return {
    "Stage ID": task.stage,
    "Stage Attempt ID": 0,
    "Task Type": task.kind === "map" ? "ShuffleMapTask" : "ResultTask",
    "Task End Reason": { Reason: "Success" },
    "Task Info": taskInfo(
      task,
      task.finish,
      metrics.map((metric, index) => ({
        ID: task.stage * accumulatorsPerStage + index,
        Name: metric.name,
        Update: metric.update,
        Value: metric.sum,
        ...internal,
      })),
    ),
    "Task Executor Metrics": executorMetrics,
    "Task Metrics": taskMetrics(work),
  };
}

/** What a stage's end says of its tasks together. */
export function stageAccumulables(stage: number, sums: StageSums): readonly object[] {
  return [...sums].map(([name, sum], index) => ({
    ID: stage * accumulatorsPerStage + index,
    Name: name,
    Value: sum,
    ...internal,
  }));
}

const internal = { Internal: true, "Count Failed Values": true };

function taskInfo(task: Task, finish: number, accumulables: readonly object[]): object {
  return {
    "Task ID": task.id,
    Index: task.index,
    Attempt: 0,
    "Partition ID": task.index,
    "Launch Time": task.launch,
    "Executor ID": String(task.executor),
    Host: executorHost(task.executor),
    Locality: task.kind === "map" ? "PROCESS_LOCAL" : "NODE_LOCAL",
    Speculative: false,
    "Getting Result Time": 0,
    "Finish Time": finish,
    Failed: false,
    Killed: false,
    Accumulables: accumulables,
  };
}

interface Work {
  readonly deserialize: number;
  readonly deserializeCpu: number;
  readonly run: number;
  readonly cpu: number;
  readonly resultSize: number;
  readonly read: { readonly blocks: number; readonly bytes: number; readonly records: number };
  readonly written: { readonly bytes: number; readonly records: number; readonly time: number };
}

const nothing = { blocks: 0, bytes: 0, records: 0, time: 0 };

function workOf({ kind, launch, finish }: Task, random: () => number): Work {
  const upTo = (most: number): number => Math.floor(random() * most);
  const run = finish - launch;
  const moved = { blocks: 4, bytes: 1000 + upTo(4000), records: 10 + upTo(90), time: upTo(9_000_000) };
  return {
    deserialize: upTo(40),
    deserializeCpu: upTo(20_000_000),
    run,
    cpu: run * 800_000 + upTo(100_000),
    resultSize: 2000 + upTo(400),
    read: kind === "result" ? moved : nothing,
    written: kind === "map" ? moved : nothing,
  };
}

const mergedReads = [
  "corruptMergedBlockChunks",
  "mergedFetchFallbackCount",
  "remoteMergedBlocksFetched",
  "localMergedBlocksFetched",
  "remoteMergedChunksFetched",
  "localMergedChunksFetched",
  "remoteMergedBytesRead",
  "localMergedBytesRead",
  "remoteMergedReqsDuration",
];

function accumulated(kind: StageKind, work: Work, sums: StageSums): readonly Metric[] {
  const { read, written } = work;
  const figures = {
    executorDeserializeTime: work.deserialize,
    executorDeserializeCpuTime: work.deserializeCpu,
    executorRunTime: work.run,
    executorCpuTime: work.cpu,
    resultSize: work.resultSize,
    memoryBytesSpilled: 0,
    diskBytesSpilled: 0,
    ...(kind === "map" && {
      "shuffle.write.bytesWritten": written.bytes,
      "shuffle.write.recordsWritten": written.records,
      "shuffle.write.writeTime": written.time,
    }),
    ...(kind === "result" && {
      "shuffle.read.remoteBlocksFetched": 0,
      "shuffle.read.localBlocksFetched": read.blocks,
      "shuffle.read.remoteBytesRead": 0,
      "shuffle.read.remoteBytesReadToDisk": 0,
      "shuffle.read.localBytesRead": read.bytes,
      "shuffle.read.fetchWaitTime": 0,
      "shuffle.read.recordsRead": read.records,
      ...Object.fromEntries(mergedReads.map((name) => [`shuffle.push.read.${name}`, 0])),
      "shuffle.read.remoteReqsDuration": 0,
    }),
  };
  return Object.entries(figures).map(([short, update]) => {
    const name = `internal.metrics.${short}`;
    const sum = (sums.get(name) ?? 0) + update;
    sums.set(name, sum);
    return { name, update, sum };
  });
}

function taskMetrics({ read, written, ...work }: Work): object {
  return {
    "Executor Deserialize Time": work.deserialize,
    "Executor Deserialize CPU Time": work.deserializeCpu,
    "Executor Run Time": work.run,
    "Executor CPU Time": work.cpu,
    "Peak Execution Memory": 0,
    "Peak On Heap Execution Memory": 0,
    "Peak Off Heap Execution Memory": 0,
    "Result Size": work.resultSize,
    "JVM GC Time": 0,
    "Result Serialization Time": 0,
    "Memory Bytes Spilled": 0,
    "Disk Bytes Spilled": 0,
    "Shuffle Read Metrics": {
      "Remote Blocks Fetched": 0,
      "Local Blocks Fetched": read.blocks,
      "Fetch Wait Time": 0,
      "Remote Bytes Read": 0,
      "Remote Bytes Read To Disk": 0,
      "Local Bytes Read": read.bytes,
      "Total Records Read": read.records,
      "Remote Requests Duration": 0,
      "Push Based Shuffle": zero(pushBased),
    },
    "Shuffle Write Metrics": {
      "Shuffle Bytes Written": written.bytes,
      "Shuffle Write Time": written.time,
      "Shuffle Records Written": written.records,
    },
    "Input Metrics": { "Bytes Read": 0, "Records Read": 0 },
    "Output Metrics": { "Bytes Written": 0, "Records Written": 0 },
    "Updated Blocks": [],
  };
}

const pushBased = [
  "Corrupt Merged Block Chunks",
  "Merged Fetch Fallback Count",
  "Merged Remote Blocks Fetched",
  "Merged Local Blocks Fetched",
  "Merged Remote Chunks Fetched",
  "Merged Local Chunks Fetched",
  "Merged Remote Bytes Read",
  "Merged Local Bytes Read",
  "Merged Remote Requests Duration",
];

function zero(names: readonly string[]): Readonly<Record<string, number>> {
  return Object.fromEntries(names.map((name) => [name, 0]));
}

const executorMetrics = zero([
  "JVMHeapMemory",
  "JVMOffHeapMemory",
  "OnHeapExecutionMemory",
  "OffHeapExecutionMemory",
  "OnHeapStorageMemory",
  "OffHeapStorageMemory",
  "OnHeapUnifiedMemory",
  "OffHeapUnifiedMemory",
  "DirectPoolMemory",
  "MappedPoolMemory",
  "ProcessTreeJVMVMemory",
  "ProcessTreeJVMRSSMemory",
  "ProcessTreePythonVMemory",
  "ProcessTreePythonRSSMemory",
  "ProcessTreeOtherVMemory",
  "ProcessTreeOtherRSSMemory",
  "MinorGCCount",
  "MinorGCTime",
  "MajorGCCount",
  "MajorGCTime",
  "TotalGCTime",
  "ConcurrentGCCount",
  "ConcurrentGCTime",
]);
