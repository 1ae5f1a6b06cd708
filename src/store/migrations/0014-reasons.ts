/** Reasons and tasks were sentences; now they are codes with parameters. A stored sentence becomes a parameter. */
import { sql, type Kysely } from 'kysely';
import type { Migration } from 'kysely/migration';
import type { Engine } from '../engine/engine.ts';

const LISTS = [
  ['jobs', 'reason'],
  ['deliveries', 'reason'],
  ['tasks', 'what'],
] as const;

export const reasons = (engine: Engine['name']): Migration => ({
  async up(db: Kysely<unknown>): Promise<void> {
    for (const [table, column] of LISTS) {
      const reason = reasonOf(engine, column);
      await sql`update ${sql.table(table)} set ${sql.ref(column)} = '[' || ${reason} || ']'
        where ${sql.ref(column)} is not null`.execute(db);
    }
    await sql`update outages set reason = ${reasonOf(engine, 'reason')}`.execute(db);
  },
});

/** JSON, as text. */
function reasonOf(engine: Engine['name'], column: string): ReturnType<typeof sql> {
  const text = sql.ref(column);
  return engine === 'sqlite'
    ? sql`json_object('code', 'earlier_version', 'params', json_object('text', ${text}))`
    : sql`json_build_object('code', 'earlier_version', 'params', json_build_object('text', ${text}))::text`;
}
