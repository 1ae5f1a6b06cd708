/** `links list`, `links set`, `links drop` */
import { withBridge } from '../app/with-bridge.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/read-config.ts';
import { BridgeError } from '../errors.ts';

export async function listLinks(): Promise<void> {
  const config = readConfig();
  await withBridge(config, systemClock, async ({ operators, workspace }) => {
    for (const { subject, name, token, origin } of await operators.links.list(await workspace())) {
      console.log([subject.kind.padEnd(5), subject.id, token, origin.padEnd(8), name].join('  '));
    }
  });
}

export async function setLink(kind: string, who: string, onMode: string): Promise<void> {
  const config = readConfig();
  await withBridge(config, systemClock, async ({ operators, workspace }) => {
    const link = await operators.links.set(await workspace(), kindOf(kind), who, onMode);
    console.log(`${link.subject.kind} ${link.name} is ${link.token} on Mode.`);
  });
}

export async function dropLink(kind: string, who: string): Promise<void> {
  const config = readConfig();
  await withBridge(config, systemClock, async ({ operators, workspace }) => {
    const link = await operators.links.drop(await workspace(), kindOf(kind), who);
    console.log(`${link.subject.kind} ${link.name} is not ${link.token} on Mode any more.`);
  });
}

function kindOf(text: string): 'user' | 'group' {
  if (text === 'user' || text === 'group') return text;
  throw new BridgeError('invalid_value', `A link is of a user or a group, not of "${text}".`);
}
