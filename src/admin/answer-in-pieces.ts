/** A long answer as pieces of text: other requests are served between them. */
import { setImmediate } from 'node:timers/promises';
import { BridgeError } from '../errors.ts';

const LINES_A_PIECE = 500;

/**
 * @param isOver whether nobody waits any more, or has waited for too long
 * @throws BridgeError unavailable when it is over. The answer has begun then: only its end shows that it is not whole
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
