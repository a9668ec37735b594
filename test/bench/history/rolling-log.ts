import { promisify } from "node:util";
import { constants, zstdCompress } from "node:zlib";

/** An object of an event log's folder. */
export interface LogFile {
  /** FOLDER/FILE. */
  readonly path: string;
  readonly body: Buffer;
}

const compress = promisify(zstdCompress);
/** Spark's `spark.io.compression.zstd.level`. */
const params = { [constants.ZSTD_c_compressionLevel]: 1 };

/**
 * The objects of a finished application's rolling event log, in the order in which a job writes them: files of at most
 * so many bytes of lines, each compressed, and last the empty one that says that the application is over. Before that
 * the History Server takes no notice of the folder. One file is in memory at a time.
 */
export async function* rollingLog(
  id: string,
  lines: Iterable<string>,
  fileBytes: number,
): AsyncGenerator<LogFile> {
  const folder = `eventlog_v2_${id}`;
  let number = 0;
  for (const text of texts(lines, fileBytes)) {
    number++;
    yield {
      path: `${folder}/events_${number}_${id}.zstd`,
      body: await compress(Buffer.from(text), { params }),
    };
  }
  yield { path: `${folder}/appstatus_${id}`, body: Buffer.alloc(0) };
}

/** Whole lines together, as many as fit. */
function* texts(lines: Iterable<string>, most: number): Generator<string> {
  let parts: string[] = [];
  let size = 0;
  for (const line of lines) {
    if (parts.length > 0 && size + line.length > most) {
      yield parts.join("");
      parts = [];
      size = 0;
    }
    parts.push(line);
    size += line.length;
  }
  yield parts.join("");
}
