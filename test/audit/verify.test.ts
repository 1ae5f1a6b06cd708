/** What a verifier finds in a file: everything that was changed, removed, added or put elsewhere, and where. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { freshStore } from '../stores.ts';
import { addChanges, chainAll, exported, newKey, verified, W } from './files.ts';

const RUNS = 300;
const NAMES = [
  'ana',
  'Žoë "x"\\',
  '\u2028\ud83d\ude00',
  '\ud800',
  '{"__proto__":1}',
  '',
  'b',
  'c',
  'd',
  'e',
  'f',
  'g',
];

const lineAt = (bytes: Buffer, index: number) =>
  bytes.subarray(0, index).toString('latin1').split('\n').length;

describe.each(engines)('an audit file, on %s', (engine) => {
  const { signer, publicKey } = newKey();
  const trusted = new Set([publicKey]);

  async function files() {
    const store = await freshStore(engine);
    await addChanges(store, NAMES);
    await chainAll(store, signer);
    return [
      { file: await exported(store, signer), trusted },
      { file: await exported(store, signer), trusted: undefined },
      { file: await exported(store, signer, { first: 5, last: 11 }), trusted },
      { file: await exported(store), trusted: undefined },
    ];
  }

  const broken = async (file: string | Uint8Array, keys: ReadonlySet<string> | undefined) => {
    const error: unknown = await verified(file, keys).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: 'invalid_value' });
    const { message } = error as Error;
    const [, line] = /^Line (\d+) is broken: /.exec(message) ?? [];
    return { line: Number(line), message };
  };

  it('that nobody touched passes, however its bytes arrive', async () => {
    const [whole, , part, unsigned] = await files();
    for (const cut of [1, 7, 100_000])
      expect(await verified(whole?.file ?? '', trusted, cut)).toEqual({
        workspace: W,
        first: 1,
        last: NAMES.length,
        checkpoints: 4,
        keys: [publicKey],
      });
    expect(await verified(part?.file ?? '', trusted)).toMatchObject({ first: 5, last: 11, checkpoints: 2 });
    expect(await verified(unsigned?.file ?? '')).toMatchObject({ checkpoints: 4 });
  });

  it('with one byte changed fails at its line', async () => {
    for (const { file, trusted: keys } of await files()) {
      const bytes = Buffer.from(file);
      const change = fc.record({ index: fc.nat(bytes.length - 1), by: fc.integer({ min: 1, max: 255 }) });
      await fc.assert(
        fc.asyncProperty(change, async ({ index, by }) => {
          const changed = Buffer.from(bytes);
          changed[index] = (bytes[index] ?? 0) ^ by;
          expect((await broken(changed, keys)).line).toBe(lineAt(bytes, index));
        }),
        { numRuns: RUNS },
      );
    }
  });

  it('with a line removed, repeated, or swapped with another fails at the first line that is wrong', async () => {
    for (const { file, trusted: keys } of await files()) {
      const lines = file.trimEnd().split('\n');
      const text = (some: readonly string[]) => some.map((line) => `${line}\n`).join('');
      for (const [index, line] of lines.entries()) {
        const removed = await broken(text(lines.toSpliced(index, 1)), keys);
        const { type, seq } = JSON.parse(line) as { type: string; seq: number };
        if (type === 'checkpoint')
          expect(removed.message).toContain(`the checkpoint of entry ${String(seq)} is missing`);
        else expect(removed.line).toBe(index + 1);
        if (type === 'entry') expect(removed.message).toContain(`entry ${String(seq)} is missing`);
        expect((await broken(text(lines.toSpliced(index, 0, line)), keys)).line).toBe(index + 2);
        for (const other of [index + 1, lines.length - 1]) {
          if (other <= index || other >= lines.length) continue;
          const swapped = lines.with(index, lines[other] ?? '').with(other, line);
          const { line: at } = await broken(text(swapped), keys);
          // That a checkpoint is not in its place is seen when it comes, or the one after it.
          if (type === 'checkpoint') expect([index + 1, other + 1]).toContain(at);
          else expect(at).toBe(index + 1);
        }
      }
    }
  });

  it('that is cut off anywhere fails', async () => {
    for (const { file, trusted: keys } of await files()) {
      const bytes = Buffer.from(file);
      await fc.assert(
        fc.asyncProperty(fc.nat(bytes.length - 1), async (length) => {
          await broken(bytes.subarray(0, length), keys);
        }),
        { numRuns: RUNS },
      );
    }
  });

  it('made with another key, or without one, fails when the key is known', async () => {
    const store = await freshStore(engine);
    await addChanges(store, NAMES);
    const forger = newKey();
    await chainAll(store, forger.signer);
    expect((await broken(await exported(store, forger.signer), trusted)).message).toContain(
      'the header is signed with another key',
    );
    expect((await broken(await exported(store), trusted)).message).toContain('the header has no signature');
    expect((await broken(await exported(store, signer), trusted)).message).toContain(
      'the checkpoint of entry 3 is signed with another key',
    );
    // Who changes the key keeps the files valid with both.
    const both = new Set([publicKey, forger.publicKey]);
    expect((await verified(await exported(store, signer), both)).keys.toSorted()).toEqual([...both].sort());
  });
});
