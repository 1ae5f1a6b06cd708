/** Reads the body of a response, within a limit: a success whole, of a failure only the beginning. */

/** A list of 100,000 members is about 40 MB. */
const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
/** Of an error body only the beginning is read. */
const MAX_FAILURE_BYTES = 64 * 1024;

/** @throws Error when the body of a success is larger than any list of Mode */
export function readBody(body: AsyncIterable<Buffer>, isSuccess: boolean): Promise<string> {
  return isSuccess ? readText(body) : readStart(body);
}

async function readText(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > MAX_ANSWER_BYTES) throw new Error(`the response is larger than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** Reads the beginning, then closes the connection. */
async function readStart(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    chunks.push(chunk.subarray(0, MAX_FAILURE_BYTES - size));
    size += chunk.length;
    if (size >= MAX_FAILURE_BYTES) break;
  }
  return Buffer.concat(chunks).toString();
}
