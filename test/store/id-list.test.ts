import { describe, expect, it } from 'vitest';
import { idList, lookUpInPieces } from '../../src/store/engine/id-list.ts';

const listed = (list: string) => JSON.parse(list) as string[];
const ids = Array.from({ length: 25_000 }, (_, index) => String((index * 7_919) % 25_000));

describe('a look-up of many ids', () => {
  it('finds what one look-up finds, and lets other work run between its pieces', async () => {
    const sizes: number[] = [];
    let turns = 0;
    let isDone = false;
    const turn = () => {
      turns += 1;
      if (!isDone) setImmediate(turn);
    };
    const turnsAtPiece: number[] = [];
    setImmediate(turn);
    const found = await lookUpInPieces(ids, (list) => {
      sizes.push(listed(list).length);
      turnsAtPiece.push(turns);
      return Promise.resolve(listed(list).filter((id) => id.endsWith('7')));
    });
    isDone = true;
    expect(sizes).toEqual([10_000, 10_000, 5_000]);
    expect(new Set(turnsAtPiece).size).toBe(3);
    expect(found).toEqual(new Set(ids.filter((id) => id.endsWith('7'))));
  });

  it('of a short list is one look-up, and of none is empty', async () => {
    const lists: string[] = [];
    const all = (list: string) => {
      lists.push(list);
      return Promise.resolve(listed(list));
    };
    expect(await lookUpInPieces(['b', 'a'], all)).toEqual(new Set(['a', 'b']));
    expect(await lookUpInPieces([], all)).toEqual(new Set());
    expect(lists).toEqual(['["a","b"]', '[]']);
  });
});

it('a list of ids is sorted, and the ids themselves stay in their order', () => {
  const given = ['b', 'a', 'c'];
  expect(idList(given)).toBe('["a","b","c"]');
  expect(given).toEqual(['b', 'a', 'c']);
});
