/** Parses a row of the change log, once, into the type of its kind. */
import type { Selectable } from 'kysely';
import type { Change, ChangeKind } from '../../directory/change.ts';
import type { ChangesTable } from '../tables/directory-tables.ts';

type Row = Omit<Selectable<ChangesTable>, 'txn' | 'request_id'>;

export function toChange({ position, workspace, at, subject_kind, subject_id, ...row }: Row): Change {
  const subject =
    subject_id === null ? null : { kind: subject_kind === 'group' ? 'group' : 'user', id: subject_id };
  const kind = row.kind as ChangeKind;
  const data = JSON.parse(row.data) as Change['data'];
  const entry = { position, workspace, at, kind, subject };
  // Only this program writes the log, so the data have the type of their kind.
  return { ...entry, data: kind === 'delivery.changed' ? withReasons(data) : data } as Change;
}

/** Earlier versions stored one sentence. */
function withReasons(data: Change['data']): Change['data'] {
  if ('reasons' in data || !('state' in data)) return data;
  const { state, reason: text } = data as { readonly state: string; readonly reason?: string | null };
  return { state, reasons: text == null ? [] : [{ code: 'earlier_version', params: { text } }] };
}
