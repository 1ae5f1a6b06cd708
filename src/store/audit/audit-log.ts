/** The audit log on a database. Hashes have their own table; the hashed entries are in the change log. */
import { sql, type Selectable } from 'kysely';
import type { AuditStore } from '../../audit/audit-store.ts';
import type { SignedCheckpoint } from '../../audit/checkpoint.ts';
import type { AuditEntry, StoredChange } from '../../audit/entry.ts';
import type { Engine, Statement } from '../engine/engine.ts';
import { filled, prepared, rowCount, slot } from '../engine/prepared.ts';
import type { AuditCheckpointsTable } from '../tables/audit-tables.ts';
import type { ChangesTable } from '../tables/directory-tables.ts';

const COLUMNS = ['position', 'at', 'kind', 'subject_kind', 'subject_id', 'data', 'request_id'] as const;

export function auditLog(engine: Engine): AuditStore {
  return {
    head: head(engine),
    changesToChain: changesToChain(engine),
    append: append(engine),
    lastCheckpoint: lastCheckpoint(engine),
    unchained: unchained(engine),
    entries: entries(engine),
    checkpoints: checkpoints(engine),
    firstSince: firstSince(engine),
    hashAt: hashAt(engine),
  };
}

/** Checkpoints of the workspace. */
function checkpointsOf({ db }: Engine, workspace: string) {
  return db.selectFrom('audit_checkpoints').selectAll().where('workspace', '=', workspace);
}

/** The statement that adds entries to the chain, built once. */
function insert({
  name,
  db,
}: Engine): (workspace: string, entries: readonly AuditEntry[]) => readonly Statement[] {
  const rows =
    name === 'sqlite'
      ? sql`select ${slot('workspace')}, value ->> 0, value ->> 1, value ->> 2 from json_each(${slot('rows')})`
      : sql`select cast(${slot('workspace')} as text), cast(value ->> 0 as bigint), cast(value ->> 1 as bigint),
          value ->> 2 from jsonb_array_elements(cast(${slot('rows')} as jsonb)) as listed(value)`;
  const insertEntries = sql`insert into audit (workspace, seq, position, hash) ${rows}`.compile(db);
  return (workspace, entries) => {
    if (entries.length === 0) return [];
    const listed = JSON.stringify(entries.map(({ seq, position, hash }) => [seq, position, hash]));
    return [{ query: filled(insertEntries, { workspace, rows: listed }), expect: entries.length }];
  };
}

/** The last entry of the chain. */
function head({ db }: Engine): AuditStore['head'] {
  return (workspace) =>
    db
      .selectFrom('audit')
      .select(['seq', 'position', 'hash'])
      .where('workspace', '=', workspace)
      .orderBy('seq', 'desc')
      .limit(1)
      .executeTakeFirst();
}

/** Changes after a position, in order. */
function changesToChain({ read, db }: Engine): AuditStore['changesToChain'] {
  const toChain = prepared(
    db
      .selectFrom('changes')
      .select(COLUMNS)
      .where('workspace', '=', slot('workspace'))
      .where('position', '>', slot<number>('position'))
      .orderBy('position')
      .limit(rowCount('limit')),
  );
  return async (workspace, position, limit) =>
    (await read(toChain({ workspace, position, limit }))).map(toStored);
}

/** Adds entries and a checkpoint; false when another bridge was first. */
function append(engine: Engine): AuditStore['append'] {
  const { db, write } = engine;
  const inserts = insert(engine);
  return async (workspace, entries, checkpoint) => {
    const statements = [
      ...inserts(workspace, entries),
      ...(checkpoint === undefined
        ? []
        : [{ query: db.insertInto('audit_checkpoints').values(toRow(checkpoint)).compile() }]),
    ];
    return (await write(statements)) === 'committed';
  };
}

/** The newest checkpoint. */
function lastCheckpoint(engine: Engine): AuditStore['lastCheckpoint'] {
  return async (workspace) => {
    const row = await checkpointsOf(engine, workspace).orderBy('seq', 'desc').limit(1).executeTakeFirst();
    return row === undefined ? undefined : toCheckpoint(row);
  };
}

/** How many changes come after a position. */
function unchained({ db }: Engine): AuditStore['unchained'] {
  return async (workspace, position) => {
    const query = db.selectFrom('changes').select((of) => of.fn.countAll<number>().as('n'));
    const later = query.where('workspace', '=', workspace).where('position', '>', position);
    return (await later.executeTakeFirstOrThrow()).n;
  };
}

/** Entries between two numbers, with the hashed changes. */
function entries({ db }: Engine): AuditStore['entries'] {
  return async (workspace, first, last, limit) => {
    const query = db
      .selectFrom('audit')
      .innerJoin('changes', 'changes.position', 'audit.position')
      .select(['audit.seq', 'audit.hash', ...COLUMNS.map((column) => `changes.${column}` as const)])
      .where('audit.workspace', '=', workspace)
      .where('audit.seq', '>=', first)
      .where('audit.seq', '<=', last)
      .orderBy('audit.seq')
      .limit(limit);
    return (await query.execute()).map(({ seq, hash, ...row }) => ({ ...toStored(row), seq, hash }));
  };
}

/** Checkpoints between two numbers. */
function checkpoints(engine: Engine): AuditStore['checkpoints'] {
  return async (workspace, first, last) => {
    const query = checkpointsOf(engine, workspace).where('seq', '>=', first).where('seq', '<=', last);
    return (await query.orderBy('seq').execute()).map(toCheckpoint);
  };
}

/** The number of the first entry whose change is not older than an instant. */
function firstSince({ db }: Engine): AuditStore['firstSince'] {
  return async (workspace, at) => {
    const query = db
      .selectFrom('audit')
      .innerJoin('changes', 'changes.position', 'audit.position')
      .select('audit.seq')
      .where('audit.workspace', '=', workspace)
      .where('changes.at', '>=', at);
    return (await query.orderBy('audit.seq').limit(1).executeTakeFirst())?.seq;
  };
}

/** The hash of an entry. */
function hashAt({ db }: Engine): AuditStore['hashAt'] {
  return async (workspace, seq) => {
    const query = db.selectFrom('audit').select('hash').where('workspace', '=', workspace);
    return (await query.where('seq', '=', seq).executeTakeFirst())?.hash;
  };
}

function toStored(row: Pick<Selectable<ChangesTable>, (typeof COLUMNS)[number]>): StoredChange {
  const { position, at, kind, data, subject_kind, subject_id, request_id: requestId } = row;
  const subject =
    subject_kind === null || subject_id === null ? null : { kind: subject_kind, id: subject_id };
  return { position, at, kind, subject, data, requestId };
}

function toCheckpoint({
  public_key: publicKey,
  ...row
}: Selectable<AuditCheckpointsTable>): SignedCheckpoint {
  return { ...row, publicKey };
}

function toRow({ publicKey: public_key, ...checkpoint }: SignedCheckpoint): AuditCheckpointsTable {
  return { ...checkpoint, public_key };
}
