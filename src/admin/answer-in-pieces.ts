/** Sends a long response in pieces, so that other requests are served in between. */
import { setImmediate } from 'node:timers/promises';
import { BridgeError } from '../errors.ts';

const LINES_A_PIECE = 500;

/**
 * @param isOver whether the client is gone, or the time limit has passed
 * @throws BridgeError unavailable when it is over. The response has started by then: closing the connection shows the client that
 * it is incomplete
 */
export async function* answerInPieces(
  lines: Iterable<string>,
  isOver: () => boolean,
): AsyncGenerator<string, void> {
  let piece: string[] = [];
  for (const line of lines) {
    piece.push(line);
    if (piece.length < LINES_A_PIECE) continue;
    yield `${piece.join('\n')}\n`;
    piece = [];
    await setImmediate();
    if (isOver()) throw new BridgeError('unavailable', 'The answer was not read in time.');
  }
  yield `${piece.join('\n')}\n`;
}
