/** Splits a stream of bytes into lines, each ended by a line feed alone. Bytes that are not UTF-8 are refused. */
import { BridgeError } from '../../errors.ts';

/** No line of an audit file is longer. Bytes. */
const MAX_LINE = 16 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** @throws BridgeError invalid_value with the number of the line that cannot be read */
export async function* linesOf(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  let rest: readonly Uint8Array[] = [];
  let length = 0;
  let number = 1;
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  const decoded = (parts: readonly Uint8Array[]): string => {
    try {
      return decoder.decode(Buffer.concat(parts));
    } catch {
      throw new BridgeError('invalid_value', `Line ${number} is broken: it has bytes that are not UTF-8.`);
    }
  };
  for await (const piece of pieces) {
    let from = 0;
    for (;;) {
      const end = piece.indexOf(LINE_FEED, from);
      if (end < 0) break;
      yield decoded([...rest, piece.subarray(from, end)]);
      [rest, length, from] = [[], 0, end + 1];
      number += 1;
    }
    if (from === piece.length) continue;
    rest = [...rest, piece.subarray(from)];
    length += piece.length - from;
    if (length > MAX_LINE)
      throw new BridgeError('invalid_value', `Line ${number} is broken: it is longer than 16 MiB.`);
  }
  if (length > 0)
    throw new BridgeError('invalid_value', `Line ${number} is broken: the file is cut off within it.`);
}
