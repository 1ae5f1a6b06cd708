/** `audit export`, `audit verify` */
import { createPublicKey } from 'node:crypto';
import { resolve } from 'node:path';
import { verifyAudit } from '../app/verify-audit.ts';
import { progressBar, type ProgressBar } from './progress-bar.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

interface JsonOption {
  readonly json?: boolean;
}

interface ExportOptions extends WorkspaceOption, JsonOption {
  readonly from?: string;
  readonly to?: string;
  readonly out: string;
}

export async function exportAudit({ workspace, from, to, out, json }: ExportOptions): Promise<void> {
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const { path, first, last, publicKey } = await watched((bar) =>
      operators.audit.export(slug, { from, to }, resolve(out), bar.show),
    );
    if (json === true) {
      console.log(
        JSON.stringify({ path, workspace: slug, first, last, public_key: publicKey }, undefined, 2),
      );
      return;
    }
    console.log(`Wrote the entries ${first} to ${last} to ${path}.`);
    if (publicKey !== null)
      console.log(`Signed with the key of BRIDGE_AUDIT_KEY. Its public key:\n${publicKey}`);
    else console.error('The file is not signed: set BRIDGE_AUDIT_KEY to sign exports and checkpoints.');
  });
}

interface VerifyOptions extends JsonOption {
  readonly publicKey?: readonly string[];
}

export async function auditVerify(file: string, { publicKey = [], json }: VerifyOptions): Promise<void> {
  const summary = await watched((bar) =>
    verifyAudit(
      resolve(file),
      publicKey.map((path) => resolve(path)),
      (bytes, of) => {
        bar.show('verifying', bytes, of);
      },
    ),
  );
  const { workspace, first, last, checkpoints } = summary;
  const keys = summary.keys.map(pemOf);
  if (json === true) {
    const result = { valid: true, workspace, first, last, checkpoints, public_keys: keys };
    console.log(JSON.stringify(result, undefined, 2));
    return;
  }
  console.log(`The file is as it was written: entries ${first} to ${last} of the workspace ${workspace}.`);
  console.log(`Checkpoints ${checkpoints}.`);
  if (keys.length === 0) console.log('Nothing in it is signed: this finds damage, but not a forged file.');
  else if (publicKey.length > 0) console.log('Every signature was made with a key that was given.');
  else
    console.log(
      `Signed with the keys below: compare them, or give yours with --public-key.\n${keys.join('')}`,
    );
}

/** Shows a bar on a terminal while the work runs. */
async function watched<T>(work: (bar: ProgressBar) => Promise<T>): Promise<T> {
  const bar = progressBar();
  try {
    return await work(bar);
  } finally {
    bar.end();
  }
}

function pemOf(key: string): string {
  const object = createPublicKey({ key: Buffer.from(key, 'base64'), type: 'spki', format: 'der' });
  return object.export({ type: 'spki', format: 'pem' });
}
