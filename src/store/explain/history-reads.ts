/** The history of one user or group, and of one person in groups, newest first. */
import { sql, type RawBuilder, type Selectable } from 'kysely';
import type { ExplainStore, HistoryEntry } from '../../operators/explain/explain-store.ts';
import type { Engine } from '../engine/engine.ts';
import { isAboutMember, memberOfChange } from '../log/member-changes.ts';
import { toChange } from '../log/to-change.ts';
import { requestsById } from '../requests/requests-by-id.ts';
import type { ChangesTable } from '../tables/directory-tables.ts';

type Row = Selectable<ChangesTable>;

export function historyReads(
  engine: Engine,
): Pick<ExplainStore, 'history' | 'memberHistory' | 'requestsById'> {
  const { db, name } = engine;
  const run = async <T>(query: RawBuilder<T>) => (await query.execute(db)).rows;

  return {
    history: async (workspace, { kind, id }, limit) => {
      const rows = await db
        .selectFrom('changes')
        .selectAll()
        .where('subject_id', '=', id)
        .where('workspace', '=', workspace)
        .where('subject_kind', '=', kind)
        .orderBy('position', 'desc')
        .limit(limit)
        .execute();
      return rows.map(toEntry);
    },

    memberHistory: async (workspace, names, limit) => {
      const rows = await run(
        sql<Row>`select * from (
          select changes.*, row_number() over (partition by subject_id order by position desc) as place
          from changes
          where ${memberOfChange(name)} in (${sql.join(names)}) and ${isAboutMember}
            and workspace = ${workspace} and subject_kind = 'group') as placed
        where place <= ${limit} order by position desc`,
      );
      return rows.map(toEntry);
    },

    requestsById: (ids) => requestsById(engine, ids),
  };
}

function toEntry({ request_id: requestId, txn, ...row }: Row): HistoryEntry {
  return { change: toChange(row), requestId, txn };
}
