import { expect, it } from 'vitest';
import { sql } from 'kysely';
import { openSqlite } from '../../src/store/engine/sqlite-engine.ts';
import { OF_THE_TARGET } from '../../src/store/tables/of-the-target.ts';
import { freshDatabase } from '../databases.ts';

/** What the IdP said, who may connect, and what was decided: it stays when a target is forgotten. */
const KEPT = [
  'audit',
  'audit_checkpoints',
  'changes',
  'connections',
  'event_streams',
  'groups',
  'jobs',
  'leavers',
  'notice_topics',
  'notices',
  'outages',
  'refused_links',
  'removals',
  'request_kinds',
  'tokens',
  'users',
  'withdrawals',
  'workspace_leases',
];

it('every table of a workspace is forgotten with its target, or is known to stay', async () => {
  const engine = openSqlite((await freshDatabase('sqlite')).slice('sqlite:'.length));
  const { rows } = await sql<{ name: string }>`select name from sqlite_master as tables
    where type = 'table' and exists (select 1 from pragma_table_info(tables.name) where name = 'workspace')
    order by name`.execute(engine.db);
  await engine.close();
  expect(rows.map(({ name }) => name)).toEqual([...OF_THE_TARGET, ...KEPT].sort());
});
