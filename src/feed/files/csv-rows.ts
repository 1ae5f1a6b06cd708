/** Rows of a CSV file (RFC 4180), whatever the pieces in which its text comes. */
export async function* csvRows(pieces: AsyncIterable<string>): AsyncGenerator<string[]> {
  let row: string[] = [];
  let cell = '';
  let quoted = false;
  /** A quote within quotes: the next character tells whether it is one, or the end. */
  let pending = false;
  let started = false;
  for await (const piece of pieces) {
    for (const character of piece) {
      if (quoted && !pending) {
        if (character === '"') pending = true;
        else cell += character;
        continue;
      }
      if (pending) {
        pending = false;
        if (character === '"') {
          cell += '"';
          continue;
        }
        quoted = false;
      }
      if (character === '"' && cell === '') quoted = true;
      else if (character === ',') {
        row.push(cell);
        cell = '';
      } else if (character === '\n') {
        row.push(cell);
        yield row;
        [row, cell, started] = [[], '', false];
        continue;
      } else if (character !== '\r') cell += character;
      started = true;
    }
  }
  if (started) yield [...row, cell];
}
