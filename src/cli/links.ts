/** `links list`, `links set`, `links drop` */
import { withDesk } from '../app/with-desk.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';
import { workspaceOf } from './workspace-of.ts';

export async function listLinks(): Promise<void> {
  const config = readConfig();
  await withDesk(config, systemClock, async (desk, known) => {
    for (const { subject, name, token, origin } of await desk.links.list(workspaceOf(config, known))) {
      console.log([subject.kind.padEnd(5), subject.id, token, origin.padEnd(8), name].join('  '));
    }
  });
}

export async function setLink(kind: string, who: string, onMode: string): Promise<void> {
  const config = readConfig();
  await withDesk(config, systemClock, async (desk, known) => {
    const link = await desk.links.set(workspaceOf(config, known), kindOf(kind), who, onMode);
    console.log(`${link.subject.kind} ${link.name} is ${link.token} on Mode.`);
  });
}

export async function dropLink(kind: string, who: string): Promise<void> {
  const config = readConfig();
  await withDesk(config, systemClock, async (desk, known) => {
    const link = await desk.links.drop(workspaceOf(config, known), kindOf(kind), who);
    console.log(`${link.subject.kind} ${link.name} is not ${link.token} on Mode any more.`);
  });
}

function kindOf(text: string): 'user' | 'group' {
  if (text === 'user' || text === 'group') return text;
  throw new BridgeError('invalid_value', `A link is of a user or a group, not of "${text}".`);
}
