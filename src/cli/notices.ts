/** `notices list`, `notices test` */
import { viewNotice } from '../admin/notice-view.ts';
import { BridgeError } from '../errors.ts';
import { MAX_NOTICES } from '../operators/notices.ts';
import { printTable } from './print-table.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

interface Options extends WorkspaceOption {
  readonly json?: boolean;
}

export async function listNotices({ workspace, json }: Options): Promise<void> {
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const notices = (await operators.notices.list(slug, MAX_NOTICES)).map(viewNotice);
    if (json === true) console.log(JSON.stringify({ notices }, undefined, 2));
    else if (notices.length === 0) console.log('There was no notice yet.');
    else
      printTable(
        ['time', 'type', 'state', 'tries', 'text'],
        notices.map(({ at, type, state, attempts, text }) => [at, type, state, String(attempts), text]),
      );
  });
}

export async function testNotice({ workspace, json }: Options): Promise<void> {
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const { isDelivered, answer } = await operators.notices.test(slug);
    if (json === true) console.log(JSON.stringify({ delivered: isDelivered, answer }, undefined, 2));
    else if (isDelivered) console.log(`The webhook accepted the test: ${answer}`);
    if (!isDelivered) throw new BridgeError('unavailable', `The webhook did not accept the test: ${answer}`);
  });
}
