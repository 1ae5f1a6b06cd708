import { readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { buffer } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { c1z } from '../../../src/feed/c1z/c1z.ts';
import { feedFormat } from '../../../src/feed/formats.ts';
import { openC1z, rows, syncRuns } from './read-c1z.ts';
import { freshFolder, snapshotOf } from './samples.ts';

const download = (id: string) => buffer(c1z.encode({ ...snapshotOf(), id }) as AsyncIterable<Uint8Array>);

describe('a c1z file for download', () => {
  it('is one of the formats of the feed', () => {
    expect(feedFormat('c1z')).toBe(c1z);
  });
  it('is a complete c1z file with one sync', async () => {
    const file = join(freshFolder(), 'download.c1z');
    writeFileSync(file, await download('one'));
    const database = openC1z(file);
    expect(syncRuns(database)).toHaveLength(1);
    expect(rows(database, 'v1_grants')).toHaveLength(7);
  });
  it('has the same bytes for the same snapshot, and other bytes for another one', async () => {
    const [one, again, other] = [await download('one'), await download('one'), await download('other')];
    expect(one.equals(again)).toBe(true);
    expect(one.equals(other)).toBe(false);
  });
  it('leaves no temporary file, whether it is read to the end or not', async () => {
    const temporary = freshFolder();
    vi.stubEnv('TMPDIR', temporary);
    onTestFinished(() => void vi.unstubAllEnvs());
    await download('one');
    for await (const chunk of c1z.encode(snapshotOf())) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    expect(readdirSync(temporary)).toEqual([]);
  });
});
