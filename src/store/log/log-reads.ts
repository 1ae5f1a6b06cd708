/** The change log from its beginning, for the state at a time. */
import type { Change, ChangeKind } from '../../directory/change.ts';
import type { LogStore } from '../../operators/state/log-store.ts';
import type { Engine } from '../engine/engine.ts';
import { DIRECTORY_KINDS } from './directory-kinds.ts';
import { toChange } from './to-change.ts';

/** The kinds of changes that determine a state. */
const OF_STATE: readonly ChangeKind[] = [
  ...DIRECTORY_KINDS,
  'mode.member_changed',
  'mode.group_changed',
  'mode.group_member_added',
  'mode.group_member_removed',
  'mode.forgotten',
];

export function logReads({ db }: Engine): LogStore {
  const ofWorkspace = (workspace: string) => db.selectFrom('changes').where('workspace', '=', workspace);
  return {
    logBegin: async (workspace) => {
      const first = ofWorkspace(workspace).select('at').orderBy('position').limit(1);
      return (await first.executeTakeFirst())?.at;
    },
    positionAt: async (workspace, at) => {
      const last = ofWorkspace(workspace).select('position').where('at', '<=', at);
      return (await last.orderBy('position', 'desc').limit(1).executeTakeFirst())?.position ?? 0;
    },
    changesUpTo: async (workspace, { after, upTo, limit }): Promise<readonly Change[]> => {
      const rows = await ofWorkspace(workspace)
        .selectAll()
        .where('position', '>', after)
        .where('position', '<=', upTo)
        .where('kind', 'in', OF_STATE)
        .orderBy('position')
        .limit(limit)
        .execute();
      return rows.map(toChange);
    },
  };
}
