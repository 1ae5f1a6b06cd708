/**
 * One entry of the append-only change log: what the IdP said, and what Mode turned out to have. The feed and the
 * history tell it in order of position, which is the order of commit.
 */
import type { Attributes } from './attributes.ts';
import type { Subject } from './subject.ts';

export type ChangeKind =
  | 'user.created'
  | 'user.updated'
  | 'user.deleted'
  | 'group.created'
  | 'group.updated'
  | 'group.deleted'
  | 'group.member_added'
  | 'group.member_removed'
  | 'mode.linked'
  | 'mode.member_changed'
  | 'mode.group_changed'
  | 'mode.group_member_added'
  | 'mode.group_member_removed'
  | 'mode.resource_changed'
  | 'mode.permission_added'
  | 'mode.permission_removed'
  | 'delivery.changed';

export interface ChangeDraft {
  readonly kind: ChangeKind;
  /** The directory's user or group; null for something on Mode that the directory does not know. */
  readonly subject: Subject | null;
  readonly data: Attributes;
}

export interface Change extends ChangeDraft {
  readonly position: number;
  readonly workspace: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}
