/** Rows of a CSV file (RFC 4180), read as a stream because an export may be of any size. */
import { pipeline, type Readable } from 'node:stream';
import { parse } from 'csv-parse';

/** A quote that is never closed must not take the whole file into memory. */
const MAX_ROW_BYTES = 1024 * 1024;

/**
 * @returns a stream of rows, each an array of cells
 * @throws CsvError for quotes that do not match, rows of different lengths, and a row of more than 1 MiB; also the errors
 * of reading `text`
 */
export function csvRows(text: Readable): Readable {
  const rows = parse({ record_delimiter: ['\r\n', '\n'], max_record_size: MAX_ROW_BYTES });
  // `rows` is destroyed with the error, so its reader gets it.
  return pipeline(text, rows, () => undefined);
}
