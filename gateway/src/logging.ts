import type { LoggerOptions } from "pino";

/**
 * Every line of the log goes through here last, so that no token gets into it, whatever it was a part of: a header, a
 * path, a message of somebody else's error. What looks like a token of ours, a JWT, or the word after `Bearer` is cut.
 */
export function scrub(line: string): string {
  return line
    .replace(/spt_(reg|ref|acc)_[\w-]+/g, "spt_$1_[redacted]")
    .replace(/eyJ[\w-]+\.[\w-]+\.[\w-]*/g, "[redacted]")
    .replace(/(bearer\s+)[^\s"\\]+/gi, "$1[redacted]");
}

/** One JSON object a line on standard output, with ISO times. */
export function loggerOptions(level: string): LoggerOptions {
  return {
    level,
    base: null,
    timestamp: () => `,"time":"${new Date().toISOString()}"`,
    formatters: { level: (label) => ({ level: label }) },
    hooks: { streamWrite: scrub },
  };
}
