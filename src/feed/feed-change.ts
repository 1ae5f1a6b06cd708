/**
 * The kinds of changes that readers of the feed see. The change log has others, such as what operators decide: they are in
 * the audit log only.
 */
import type { Change, FeedDraft } from '../directory/change.ts';

export type FeedChangeKind = FeedDraft['kind'];
export type FeedChange = Extract<Change, { readonly kind: FeedChangeKind }>;

/** Every kind: one that is missing is an error of the compiler. */
const KINDS: Readonly<Record<FeedChangeKind, true>> = {
  'user.created': true,
  'user.updated': true,
  'user.deleted': true,
  'group.created': true,
  'group.updated': true,
  'group.deleted': true,
  'group.member_added': true,
  'group.member_removed': true,
  'mode.linked': true,
  'mode.member_changed': true,
  'mode.group_changed': true,
  'mode.group_member_added': true,
  'mode.group_member_removed': true,
  'mode.resource_changed': true,
  'mode.permission_added': true,
  'mode.permission_removed': true,
  'delivery.changed': true,
};

export const CHANGE_KINDS = Object.keys(KINDS) as readonly FeedChangeKind[];

export function isOfFeed(change: Change): change is FeedChange {
  return Object.hasOwn(KINDS, change.kind);
}
