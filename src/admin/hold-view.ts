/** Holds as operators see them. */
import { Type, type Static } from 'typebox';
import type { Hold } from '../provisioning/gate/hold.ts';
import { isApprovable } from '../provisioning/gate/never-lock-out.ts';
import { ofTarget, sentences } from '../provisioning/reason/reason.ts';
import { At, Instant, Text } from './instant.ts';

export const HoldView = Type.Object({
  id: Type.String(),
  connection: Type.String({ description: 'The connection whose IdP asked for it' }),
  operation: Type.String({
    description: 'remove_member, set_admin, update_profile, remove_group_member or delete_group',
  }),
  subject: Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
  name: Type.String({ description: 'The e-mail of the person, or the name of the group' }),
  group: Type.Union([Type.String(), Type.Null()], {
    description: 'Of a removal from a group: the name of the group',
  }),
  since: At,
  code: Type.String({ description: 'The code of the reason (docs/reasons.md)' }),
  reason: Type.String({ description: 'The reason as a sentence' }),
  approvable: Type.Boolean({
    description: 'false: only a change of a setting, or another admin, ends the hold',
  }),
  decision: Type.Union([Type.Enum(['approved', 'rejected']), Type.Null()], {
    description: 'approved: it is about to be sent; rejected: it stays held; null: not decided yet',
  }),
  decided_at: Instant,
  decided_by: Text,
});
export type HoldView = Static<typeof HoldView>;

export function viewHold({
  id,
  connection,
  operation,
  subject,
  name,
  group,
  reason,
  ...hold
}: Hold): HoldView {
  return {
    id,
    connection,
    operation,
    subject: { ...subject },
    name,
    group,
    since: new Date(hold.since).toISOString(),
    code: reason.code,
    reason: sentences(ofTarget([reason], 'Mode')) ?? '',
    approvable: isApprovable(reason),
    decision: hold.decision,
    decided_at: hold.decidedAt === null ? null : new Date(hold.decidedAt).toISOString(),
    decided_by: hold.decidedBy,
  };
}
