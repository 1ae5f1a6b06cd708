import { Readable } from 'node:stream';
import { expect, it } from 'vitest';
import { csvRows } from '../../src/feed/files/csv-rows.ts';

async function read(...pieces: string[]): Promise<string[][]> {
  return csvRows(Readable.from(pieces)).toArray() as Promise<string[][]>;
}

it('reads rows that end with CRLF or LF, with quotes and ends of lines inside cells', async () => {
  expect(await read('a,b\r\n"1 ""x""', '","2\r\n"\n3,4')).toEqual([
    ['a', 'b'],
    ['1 "x"', '2\r\n'],
    ['3', '4'],
  ]);
});

it.each([
  ['a quote that is not closed', 'a,b\r\n"1'],
  ['a row that is cut off', 'a,b\r\n1,2\r\n3'],
  ['text after a quoted cell', 'a,b\r\n"1"2,3\r\n'],
])('rejects %s', async (_, text) => {
  await expect(read(text)).rejects.toMatchObject({ code: expect.stringContaining('CSV_') as string });
});

it('stops at a row of more than 1 MiB, however much follows', async () => {
  let pieces = 0;
  const endless = Readable.from(
    (function* () {
      yield 'a,b\r\n1,"';
      for (;;) {
        pieces += 1;
        yield 'x'.repeat(64 * 1024);
      }
    })(),
  );
  await expect(csvRows(endless).toArray()).rejects.toMatchObject({ code: 'CSV_MAX_RECORD_SIZE' });
  expect(pieces).toBeLessThan(100);
});
