/** Undo: the change log with its transactions, the plans that were shown, and the writes of an undo. */
import type { Restored } from '../../operators/undo/restored.ts';
import type { UndoStore } from '../../operators/undo/undo-store.ts';
import type { ChangeKind } from '../../directory/change.ts';
import type { PlannedStep } from '../../provisioning/dry-run/planned-step.ts';
import { directoryStatements } from '../directory/directory-writes.ts';
import { chunks } from '../engine/chunks.ts';
import type { Engine } from '../engine/engine.ts';
import { DIRECTORY_KINDS } from '../log/directory-kinds.ts';
import { toChange } from '../log/to-change.ts';
import { packLines, unpackLines } from '../provisioning/packed-lines.ts';
import { removalStatements } from '../provisioning/removal-statements.ts';
import { GROUP_COLUMNS, toGroup } from '../tables/groups.ts';

/** The plans kept for one connection. */
const KEPT_PLANS = 20;

const OF_UNDO: readonly ChangeKind[] = [
  ...DIRECTORY_KINDS,
  'mode.linked',
  'mode.member_changed',
  'mode.group_changed',
  'mode.group_member_added',
  'mode.group_member_removed',
  'operation.applied',
];

/** A line of a kept plan. */
type Line = { readonly restored: Restored } | { readonly step: PlannedStep };

export function undoPlans(engine: Engine): UndoStore {
  const { db, write } = engine;
  const written = directoryStatements(engine);
  const ofWorkspace = (workspace: string) => db.selectFrom('changes').where('workspace', '=', workspace);
  const ofConnection = (connectionId: string) =>
    db.selectFrom('undo_plans').where('connection_id', '=', connectionId);

  return {
    entries: async (workspace, { after, upTo, limit }) => {
      const rows = await ofWorkspace(workspace)
        .selectAll()
        .where('position', '>', after)
        .where('position', '<=', upTo)
        .where('kind', 'in', OF_UNDO)
        .orderBy('position')
        .limit(limit)
        .execute();
      return rows.map((row) => ({ change: toChange(row), txn: row.txn }));
    },

    writtenSince: async (workspace, ids, position) => {
      const found = new Set<string>();
      for (const some of chunks(ids)) {
        const rows = await ofWorkspace(workspace)
          .select('subject_id')
          .where('subject_id', 'in', some)
          .where('position', '>', position)
          .where('kind', 'in', DIRECTORY_KINDS)
          .execute();
        for (const { subject_id: id } of rows) if (id !== null) found.add(id);
      }
      return found;
    },

    deletedGroup: async (workspace, id) => {
      const row = await db
        .selectFrom('groups')
        .select(GROUP_COLUMNS)
        .where('id', '=', id)
        .where('workspace', '=', workspace)
        .where('deleted_at', 'is not', null)
        .executeTakeFirst();
      return row === undefined ? undefined : toGroup(row);
    },

    keepUndo: async ({ id, workspace, connectionId, madeAt, from, to, window, restored, steps }) => {
      const lines: Line[] = [
        ...restored.map((value) => ({ restored: value })),
        ...steps.map((step) => ({ step })),
      ];
      const document = await packLines(lines);
      const times = { from_at: from, to_at: to, after_position: window.after, up_to_position: window.upTo };
      const insert = db
        .insertInto('undo_plans')
        .values({ id, workspace, connection_id: connectionId, made_at: madeAt, ...times, document })
        .onConflict((conflict) =>
          conflict.columns(['connection_id', 'id']).doUpdateSet({ made_at: madeAt, ...times, document }),
        );
      const last = ofConnection(connectionId).select('id').orderBy('made_at', 'desc').limit(KEPT_PLANS);
      const forget = db
        .deleteFrom('undo_plans')
        .where('connection_id', '=', connectionId)
        .where('id', 'not in', last);
      await write([{ query: insert.compile() }, { query: forget.compile() }]);
    },

    keptUndo: async (connectionId, id) => {
      const row = await ofConnection(connectionId).selectAll().where('id', '=', id).executeTakeFirst();
      if (row === undefined) return undefined;
      // Only this program writes plans.
      const lines = (await unpackLines(row.document)) as readonly Line[];
      return {
        ...{
          id,
          workspace: row.workspace,
          connectionId,
          madeAt: row.made_at,
          from: row.from_at,
          to: row.to_at,
        },
        window: { after: row.after_position, upTo: row.up_to_position },
        restored: lines.flatMap((line) => ('restored' in line ? [line.restored] : [])),
        steps: lines.flatMap((line) => ('step' in line ? [line.step] : [])),
      };
    },

    commitUndo: ({ id: connectionId, workspace }, change, removals, released) => {
      const approved = removals.map((removal) => ({ ...removal, approved: true }));
      const drops = released.map(({ userId, token }) => ({
        query: db
          .deleteFrom('links')
          .where('workspace', '=', workspace)
          .where('kind', '=', 'user')
          .where('subject_id', '=', userId)
          .where('token', '=', token)
          .compile(),
        expect: 1,
      }));
      return write([
        ...removalStatements(engine, { workspace, connectionId }, approved),
        ...drops,
        ...written(change),
      ]);
    },
  };
}
