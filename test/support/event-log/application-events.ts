import { executorHost } from "./task-events.ts";

/** What a driver writes when it begins, in Spark 4.0.4's own order. Without the environment no page is shown. */
export function* firstEvents(id: string, name: string, executors: number, at: number): Generator<object> {
  yield { Event: "SparkListenerLogStart", "Spark Version": "4.0.4" };
  yield { Event: "SparkListenerResourceProfileAdded", "Resource Profile Id": 0, ...resources };
  yield blockManagerAdded("driver", "driver-svc.analytics.svc", at);
  yield environment(id, name);
  yield {
    Event: "SparkListenerApplicationStart",
    "App Name": name,
    "App ID": id,
    Timestamp: at,
    User: "spark",
  };
  for (let executor = 1; executor <= executors; executor++) {
    yield executorAdded(executor, at);
    yield blockManagerAdded(String(executor), executorHost(executor), at);
  }
}

const resource = (name: string, amount: number): object => ({
  [name]: { "Resource Name": name, Amount: amount, "Discovery Script": "", Vendor: "" },
});

const resources = {
  "Executor Resource Requests": { ...resource("memory", 1024), ...resource("offHeap", 0) },
  "Task Resource Requests": { cpus: { "Resource Name": "cpus", Amount: 1 } },
};

function executorAdded(executor: number, at: number): object {
  return {
    Event: "SparkListenerExecutorAdded",
    Timestamp: at,
    "Executor ID": String(executor),
    "Executor Info": {
      Host: executorHost(executor),
      "Total Cores": 1,
      "Log Urls": {},
      Attributes: {},
      Resources: {},
      "Resource Profile Id": 0,
      "Registration Time": at,
    },
  };
}

function blockManagerAdded(executor: string, host: string, at: number): object {
  const memory = 455_501_414;
  return {
    Event: "SparkListenerBlockManagerAdded",
    "Block Manager ID": { "Executor ID": executor, Host: host, Port: 7079 },
    "Maximum Memory": memory,
    Timestamp: at,
    "Maximum Onheap Memory": memory,
    "Maximum Offheap Memory": 0,
  };
}

/** As many properties as a real one's, which are most of a small log. */
function environment(id: string, name: string): object {
  const many = (count: number, key: string, value: string): object =>
    Object.fromEntries(Array.from({ length: count }, (_, index) => [`${key}.${index}`, `${value}-${index}`]));
  return {
    Event: "SparkListenerEnvironmentUpdate",
    "JVM Information": {
      "Java Home": "/opt/java/openjdk",
      "Java Version": "17.0.15 (Eclipse Adoptium)",
      "Scala Version": "version 2.13.16",
    },
    "Spark Properties": { "spark.app.id": id, "spark.app.name": name, "spark.executor.id": "driver" },
    "Hadoop Properties": many(1050, "hadoop.property-of-a-usual-length", "a value of a usual length"),
    "System Properties": many(50, "java.property", "a value"),
    "Metrics Properties": { "*.sink.servlet.class": "org.apache.spark.metrics.sink.MetricsServlet" },
    "Classpath Entries": Object.fromEntries(
      Array.from({ length: 280 }, (_, index) => [`/opt/spark/jars/library-${index}.jar`, "System Classpath"]),
    ),
  };
}
