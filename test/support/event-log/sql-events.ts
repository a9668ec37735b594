import { failed } from "./rare-events.ts";

const execution = "org.apache.spark.sql.execution.ui.SparkListener";
const streaming = "org.apache.spark.sql.streaming.StreamingQueryListener$";

/** Numbers of the queries' metrics, which no accumulator of a stage has. */
const metrics = { rows: 800, duration: 801, size: 802 };

/** One query that fails and one that succeeds, as Spark 4.0.4 writes them. */
export function* sqlEvents(time: number): Generator<object> {
  for (const executionId of [failed.sqlExecution, failed.sqlExecution + 1]) {
    const error = executionId === failed.sqlExecution ? "[DIVIDE_BY_ZERO] by zero.\nat Main.run" : "";
    yield {
      Event: `${execution}SQLExecutionStart`,
      executionId,
      rootExecutionId: failed.sqlExecution,
      description: "counts words",
      details: "Main.run(Main.scala:7)",
      physicalPlanDescription: "== Physical Plan ==\nExchange (1)",
      sparkPlanInfo: plan,
      time,
      modifiedConfigs: { "spark.sql.shuffle.partitions": "3" },
      jobTags: ["one"],
      jobGroupId: "nightly",
    };
    const planned = {
      executionId,
      physicalPlanDescription: "== Final Plan ==\nExchange (1)",
      sparkPlanInfo: plan,
    };
    yield { Event: `${execution}SQLAdaptiveExecutionUpdate`, ...planned };
    const sqlPlanMetrics = [{ name: "more rows", accumulatorId: 803, metricType: "sum" }];
    yield { Event: `${execution}SQLAdaptiveSQLMetricUpdates`, executionId, sqlPlanMetrics };
    const accumUpdates = Object.values(metrics).map((id) => [id, 1000]);
    yield { Event: `${execution}DriverAccumUpdates`, executionId, accumUpdates };
    yield { Event: `${execution}SQLExecutionEnd`, executionId, time: time + 99, errorMessage: error };
  }
}

const metric = (name: string, accumulatorId: number, metricType: string): object => ({
  name,
  accumulatorId,
  metricType,
});

const node = (nodeName: string, children: readonly object[], ownMetrics: readonly object[] = []): object => ({
  nodeName,
  simpleString: `${nodeName} of words`,
  children,
  metadata: {},
  metrics: ownMetrics,
});

const plan = node(
  "WholeStageCodegen (1)",
  [
    node(
      "Exchange",
      [
        {
          ...node("Scan", [], [metric("size of files", metrics.size, "size")]),
          metadata: { Location: "s3a://a" },
        },
      ],
      [metric("number of rows", metrics.rows, "sum")],
    ),
  ],
  [metric("duration", metrics.duration, "timing")],
);

export const streamingRun = "00000000-0000-4000-8000-000000000001";
const query = { id: "00000000-0000-4000-8000-000000000000", runId: streamingRun };

/** A streaming query that makes progress and fails. */
export function* streamingEvents(time: number): Generator<object> {
  const timestamp = new Date(time).toISOString();
  yield { Event: `${streaming}QueryStartedEvent`, ...query, name: "words", timestamp, jobTags: ["one"] };
  for (const batchId of [0, 1])
    yield { Event: `${streaming}QueryProgressEvent`, progress: progress(batchId, time + 1000 * batchId) };
  yield { Event: `${streaming}QueryIdleEvent`, ...query, timestamp };
  yield {
    Event: `${streaming}QueryTerminatedEvent`,
    ...query,
    exception: "org.apache.spark.sql.streaming.StreamingQueryException: bad\nat Main.run",
    errorClassOnException: "STREAM_FAILED",
  };
}

function progress(batchId: number, time: number): object {
  const timestamp = new Date(time).toISOString();
  return {
    ...query,
    name: "words",
    timestamp,
    batchId,
    batchDuration: 100,
    durationMs: { addBatch: 50, triggerExecution: 100 },
    eventTime: { watermark: timestamp },
    stateOperators: [
      {
        operatorName: "stateStoreSave",
        numRowsTotal: 1,
        numRowsUpdated: 1,
        allUpdatesTimeMs: 1,
        numRowsRemoved: 0,
        allRemovalsTimeMs: 0,
        commitTimeMs: 1,
        memoryUsedBytes: 100,
        numRowsDroppedByWatermark: 0,
        numShufflePartitions: 1,
        numStateStoreInstances: 1,
        customMetrics: { loadedMapCacheHitCount: 1 },
      },
    ],
    sources: [
      {
        description: "RateStreamV2",
        startOffset: "0",
        endOffset: "1",
        latestOffset: "1",
        numInputRows: 5,
        inputRowsPerSecond: 5,
        processedRowsPerSecond: 5,
        metrics: { lag: "1" },
      },
    ],
    sink: { description: "MemorySink", numOutputRows: 3, metrics: { written: "3" } },
    observedMetrics: {},
  };
}
