/** `adopt --report`: shows which members and groups of Mode a first push takes over. */
import { readFileSync } from 'node:fs';
import { BridgeError } from '../errors.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

const MEANINGS = {
  exact: 'taken over at the first push',
  case_differs: 'differs only in case: a member is taken over; for a group, another group is made',
  alias:
    'Mode has an address of the same mailbox: an invite goes to the one of the IdP, unless "links set" says it is the same person',
  two: 'several fit: nothing is done until "links set" or somebody in Mode decides',
  managed: "belongs to Mode's own SCIM or is built in: never written",
  none: 'created',
} as const;

interface Options extends WorkspaceOption {
  readonly report?: boolean;
  readonly json?: boolean;
  readonly emails?: string;
  readonly groups?: string;
}

export async function adopt({ workspace: slug, report, json, emails, groups }: Options): Promise<void> {
  if (report !== true) {
    throw new BridgeError(
      'invalid_value',
      'Adoption is automatic (BRIDGE_ADOPTION), or manual with "links set". Use --report to see what matches.',
    );
  }
  const wanted =
    emails === undefined && groups === undefined
      ? undefined
      : { emails: linesOf(emails), groups: linesOf(groups) };
  await useBridge(async ({ operators }) => {
    const workspace = await operators.connections.workspace(slug);
    const { readAt, items } = await operators.reports.adoption(workspace, wanted);
    if (json === true) {
      console.log(JSON.stringify({ read_at: new Date(readAt).toISOString(), items }, undefined, 2));
      return;
    }
    console.log(`Mode as read at ${new Date(readAt).toISOString()}`);
    for (const [name, meaning] of Object.entries(MEANINGS)) {
      const of = items.filter((item) => item.class === name);
      if (of.length > 0) console.log(`\n${name.replace('_', ' ')} (${of.length}): ${meaning}`);
      for (const { kind, name: text, onMode } of of) {
        const found = onMode.map((one) => `${one.name} ${one.token ?? ''}`.trim()).join(', ');
        console.log(`  ${kind.padEnd(5)}  ${text}${found === '' ? '' : `  on Mode: ${found}`}`);
      }
    }
  });
}

/** One a line. @throws BridgeError invalid_value when the file cannot be read */
function linesOf(path: string | undefined): readonly string[] {
  if (path === undefined) return [];
  try {
    const lines = readFileSync(path, 'utf8').split(/\r?\n/);
    return lines.map((line) => line.trim()).filter((line) => line !== '');
  } catch (error) {
    throw new BridgeError('invalid_value', `The file ${path} cannot be read.`, { cause: error });
  }
}
