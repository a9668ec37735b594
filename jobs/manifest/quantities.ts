import { z } from "zod";

const mebibytes = { m: 1, g: 1024 } as const;

/** `512m` or `2g` in MiB; undefined for anything else. */
export function memoryMiB(text: string): number | undefined {
  const match = /^([1-9]\d{0,6})([mg])$/.exec(text);
  if (match === null) return undefined;
  return Number(match[1]) * (match[2] === "g" ? mebibytes.g : mebibytes.m);
}

/** `500m` or `2` or `1.5` CPUs in thousandths; undefined for anything else. */
export function milliCpus(text: string): number | undefined {
  if (/^[1-9]\d{0,6}m$/.test(text)) return Number(text.slice(0, -1));
  if (!/^(?:[1-9]\d{0,3}|(?:0|[1-9]\d{0,3})\.\d{1,3})$/.test(text)) return undefined;
  const milli = Math.round(Number(text) * 1000);
  return milli > 0 ? milli : undefined;
}

/**
 * The JVM's heap. Only `m` and `g`, in lower case: Spark, the JVM's -Xmx and the operator's quota check
 * (pkg/util/util.go ConvertJavaMemoryStringToK8sMemoryString) all read these alike.
 * Spark refuses heaps below 1.5 times its reserved 300 MiB (UnifiedMemoryManager), and the JVM counts some of
 * -Xmx as not usable: 512 MiB is the smallest round size that starts.
 */
export const memorySchema = z
  .string()
  .refine((text) => memoryMiB(text) !== undefined, { error: "does not have the right form" })
  .refine((text) => (memoryMiB(text) ?? Infinity) >= 512, {
    error: "is less than the 512m that Spark needs to start",
  });

/** Memory beside the heap (Python workers, off-heap buffers), same form as the heap; any size. */
export const memoryOverheadSchema = z
  .string()
  .refine((text) => memoryMiB(text) !== undefined, { error: "does not have the right form" })
  .meta({
    description:
      "memory beside the JVM heap (Python, off-heap), in MiB (m) or GiB (g); Spark's default is 10% or 40%",
    examples: ["512m", "1g"],
  });

export const cpuSchema = z
  .string()
  .refine((text) => milliCpus(text) !== undefined, { error: "does not have the right form" });
