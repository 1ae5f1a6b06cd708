/** Audit files of workspaces that are filled for a test. */
import { generateKeyPairSync } from 'node:crypto';
import { createSigner, publicKeyOf } from '../../src/audit/checkpoint.ts';
import { CHECKPOINT_MS, createChain } from '../../src/audit/extend-chain.ts';
import { linesOf } from '../../src/audit/file/lines.ts';
import { createVerifier, type AuditSummary } from '../../src/audit/file/verify-audit.ts';
import { auditLines } from '../../src/audit/file/write-audit.ts';
import type { Store } from '../../src/store/open-store.ts';

export const W = 'acme';

export function newKey() {
  const { privateKey } = generateKeyPairSync('ed25519');
  const signer = createSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }));
  return { signer, publicKey: publicKeyOf(signer.publicPem) };
}

/** Each is an entry of the change log, with whatever text somebody has as a name. */
export async function addChanges(store: Store, names: readonly string[], at = 1_000): Promise<void> {
  for (const [index, name] of names.entries()) {
    const id = `u${String(index)}-${String(at)}`;
    await store.directory.commit({
      workspace: W,
      at: at + index,
      steps: [],
      changes: [{ kind: 'user.created', subject: { kind: 'user', id }, data: { userName: name } }],
      subjects: [],
    });
  }
}

/** Chains everything, a few at a time, with more than an hour between. */
export async function chainAll(
  store: Store,
  signer?: ReturnType<typeof newKey>['signer'],
  batch = 3,
): Promise<void> {
  const chain = createChain({ workspace: W, store: store.audit, signer });
  for (let now = 5_000; (await chain.extend(now, batch)) === batch; now += CHECKPOINT_MS);
}

export async function exported(
  store: Store,
  signer?: ReturnType<typeof newKey>['signer'],
  range?: { readonly first: number; readonly last: number },
): Promise<string> {
  const last = (await store.audit.head(W))?.seq ?? 0;
  const chosen = { workspace: W, at: 9_000, first: 1, last, ...range };
  let text = '';
  for await (const lines of auditLines(store.audit, signer, chosen)) text += lines;
  return text;
}

/** @param cut how many bytes come at once */
export async function verified(
  file: string | Uint8Array,
  trusted?: ReadonlySet<string>,
  cut = 1_000,
): Promise<AuditSummary> {
  const bytes = typeof file === 'string' ? Buffer.from(file) : file;
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for (let from = 0; from < bytes.length; from += cut)
      yield await Promise.resolve(bytes.subarray(from, from + cut));
  }
  const verifier = createVerifier(trusted);
  for await (const line of linesOf(pieces())) verifier.line(line);
  return verifier.end();
}
