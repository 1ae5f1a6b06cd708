/** Text in parts goes out as one text when it is short, and part after part when it is long. */
import { Readable } from 'node:stream';

/** Longer than any resource is without its members. */
const MAX_TEXT_LENGTH = 1024 * 1024;

/** Reads no more of the parts than it takes to know. What is not read yet is made when the reader wants it. */
export async function textOrStream(parts: AsyncGenerator<string>): Promise<string | Readable> {
  let text = '';
  while (text.length <= MAX_TEXT_LENGTH) {
    const next = await parts.next();
    if (next.done === true) return text;
    text += next.value;
  }
  return Readable.from(continued(text, parts), { objectMode: false });
}

async function* continued(begun: string, parts: AsyncGenerator<string>): AsyncGenerator<string> {
  yield begun;
  yield* parts;
}
