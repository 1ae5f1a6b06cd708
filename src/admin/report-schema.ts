/** The JSON of the reports on adoption, drift and invites. */
import { Type } from 'typebox';
import { DRIFT_CLASSES } from '../provisioning/drift/drift.ts';
import { At, Count, Instant, Text } from './instant.ts';

export const Adoption = Type.Object({
  read_at: At,
  items: Type.Array(
    Type.Object({
      kind: Type.Enum(['user', 'group']),
      name: Type.String(),
      class: Type.Enum(['exact', 'case_differs', 'alias', 'two', 'managed', 'none']),
      on_mode: Type.Array(Type.Object({ name: Type.String(), token: Text })),
    }),
  ),
});
export const Invites = Type.Object({
  invites: Type.Array(
    Type.Object({
      email: Type.String(),
      state: Type.Enum(['sent', 'pending', 'accepted', 'expired', 'refused', 'expected', 'withdrawn']),
      sends: Count,
      first_sent_at: At,
      sent_at: At,
      expires_at: Instant,
      reason: Text,
    }),
  ),
});
export const Drift = Type.Object({
  read_at: At,
  modes: Type.Array(Type.Object({ connection: Type.String(), mode: Type.Enum(['report', 'enforce']) })),
  counts: Type.Record(Type.Enum([...DRIFT_CLASSES]), Count),
  items: Type.Array(
    Type.Object({
      class: Type.Enum([...DRIFT_CLASSES]),
      what: Type.Enum(['member', 'group', 'group_member']),
      subject: Type.Union([
        Type.Object({ kind: Type.Enum(['user', 'group']), id: Type.String() }),
        Type.Null(),
      ]),
      name: Type.String(),
      group: Text,
      wants: Type.String({ description: 'What the IdP wants' }),
      wrote: Type.Union([Type.String({ description: 'What the bridge wrote last' }), Type.Null()]),
      has: Type.String({ description: 'What Mode has' }),
    }),
  ),
});
export const DriftSetting = Type.Object(
  { mode: Type.Enum(['report', 'enforce']) },
  { additionalProperties: false },
);
export const Wanted = Type.Object(
  {
    emails: Type.Optional(Type.Array(Type.String(), { maxItems: 100_000 })),
    groups: Type.Optional(Type.Array(Type.String(), { maxItems: 100_000 })),
  },
  { additionalProperties: false },
);
