/** Joins parts into one text when the result is short, and streams them when it is long. */
import { Readable } from 'node:stream';

/** Longer than any resource without its members. */
const MAX_TEXT_LENGTH = 1024 * 1024;

/** Reads only as many parts as it needs to decide. Later parts are produced when the client reads them. */
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
