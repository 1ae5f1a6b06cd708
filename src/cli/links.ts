/** `links list`, `links set`, `links drop` */
import { BridgeError } from '../errors.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

export async function listLinks({ workspace: slug }: WorkspaceOption): Promise<void> {
  await useBridge(async ({ operators }) => {
    const workspace = await operators.connections.workspace(slug);
    for (const { subject, name, token, origin } of await operators.links.list(workspace)) {
      console.log([subject.kind.padEnd(5), subject.id, token, origin.padEnd(8), name].join('  '));
    }
  });
}

export async function setLink(
  kind: string,
  who: string,
  onMode: string,
  { workspace: slug }: WorkspaceOption,
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const workspace = await operators.connections.workspace(slug);
    const link = await operators.links.set(workspace, kindOf(kind), who, onMode);
    console.log(`${link.subject.kind} ${link.name} is ${link.token} on Mode.`);
  });
}

export async function dropLink(
  kind: string,
  who: string,
  { workspace: slug }: WorkspaceOption,
): Promise<void> {
  await useBridge(async ({ operators }) => {
    const workspace = await operators.connections.workspace(slug);
    const link = await operators.links.drop(workspace, kindOf(kind), who);
    console.log(`${link.subject.kind} ${link.name} is not ${link.token} on Mode any more.`);
  });
}

function kindOf(text: string): 'user' | 'group' {
  if (text === 'user' || text === 'group') return text;
  throw new BridgeError('invalid_value', `A link is of a user or a group, not of "${text}".`);
}
