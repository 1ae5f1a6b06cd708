/** Whether an export of the audit log can be verified, and names each operation that Mode carried out once. */
import { createReadStream, mkdtempSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { linesOf } from '../../src/audit/file/lines.ts';
import { verifyAudit } from '../../src/app/verify-audit.ts';
import { createAuditLog } from '../../src/operators/audit.ts';
import { memoryFolder } from '../memory-folder.ts';
import { auditSigner } from './audit-key.ts';
import { operationText } from './carried-out.ts';
import type { Told } from './told.ts';

interface Line {
  readonly type: string;
  readonly kind?: string;
  readonly data?: string;
}

/** @throws when the file is broken, or its operations are not those that Mode carried out */
export async function checkAudit({ world }: Told): Promise<void> {
  const store = world.bridges[0]?.store.audit;
  if (store === undefined) return;
  const folder = mkdtempSync(join(memoryFolder(), 'bridge-audit-'));
  try {
    const path = join(folder, 'audit.jsonl');
    const log = createAuditLog(store, world.clock, auditSigner);
    const { first, last } = await log.export('acme', {}, path, () => undefined);
    const verified = await verifyAudit(path, [], () => undefined);
    if (first !== 1 || verified.last !== last) throw new Error(`The audit log has ${last} entries, not all.`);
    if (verified.checkpoints === 0) throw new Error('The audit log has no checkpoint.');
    assertOnce(await operationsIn(path), world.carriedOut.counts());
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function assertOnce(
  entries: ReadonlyMap<string, number>,
  carriedOut: ReturnType<Told['world']['carriedOut']['counts']>,
): void {
  for (const key of new Set([...entries.keys(), ...carriedOut.keys()])) {
    const count = entries.get(key) ?? 0;
    const { sent = 0, maybeLost = 0 } = carriedOut.get(key) ?? {};
    if (count > sent || count < sent - maybeLost)
      throw new Error(
        `Audit: ${count} entries, and Mode carried out ${sent} (${maybeLost} may be lost): ${key}`,
      );
  }
}

async function operationsIn(path: string): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for await (const text of linesOf(createReadStream(path))) {
    const { type, kind, data = '{}' } = JSON.parse(text) as Line;
    if (type !== 'entry' || kind !== 'operation.applied') continue;
    const key = operationText(JSON.parse(data) as Parameters<typeof operationText>[0]);
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return counts;
}
