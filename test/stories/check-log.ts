/** Whether the change log, played from its beginning, ends with what Mode has. */
import { replayLog } from '../../src/operators/state/replay-log.ts';
import type { Told } from './told.ts';

const PAGE = 1_000;

/** @returns people and groups of Mode, as the log has them */
export async function modeInLog({ world }: Told): Promise<{
  readonly members: readonly { readonly email: string; readonly state: string; readonly admin: boolean }[];
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
}> {
  const log = world.bridges[0]?.store.log;
  const replayed = replayLog();
  for (let after = 0; ;) {
    const page =
      (await log?.changesUpTo('acme', { after, upTo: Number.MAX_SAFE_INTEGER, limit: PAGE })) ?? [];
    for (const change of page) replayed.apply(change);
    const last = page.at(-1);
    if (last === undefined) break;
    after = last.position;
  }
  if (!replayed.isWhole) throw new Error('The change log lacks its beginning.');
  const entries = [...replayed.entries()].filter(({ side }) => side === 'mode');
  return {
    members: entries
      .filter(({ what }) => what === 'person')
      .map(({ name: email, detail }) => {
        const isInvited = detail === 'invited';
        return { email, state: isInvited ? detail : 'active', admin: detail === 'admin' };
      }),
    groups: entries
      // The model does not have the group that Mode itself keeps.
      .filter(({ what, name }) => what === 'group' && name !== 'Everyone')
      .map(({ name }) => {
        const inGroup = entries.filter(({ what, group }) => what === 'member' && group === name);
        return { name, members: inGroup.map((entry) => entry.name) };
      }),
  };
}
