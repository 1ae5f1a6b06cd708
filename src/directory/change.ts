/**
 * One entry of the append-only change log: what the IdP sent, what reads of the target found, and what people decided. The feed
 * and the history show entries in order of position, which is the order of commit. Each kind has its type: the store parses an
 * entry once, and readers get typed data. The feed returns entries unchanged, so kinds and keys never change.
 */
import type { DecisionDraft } from './decision.ts';
import type { Group } from './group/group.ts';
import type { Subject } from './subject.ts';
import type { User } from './user/user.ts';

interface Entry<Kind extends string, About extends Subject | null, Data extends object> {
  readonly kind: Kind;
  /** The directory's user or group; null for something that only the target has. */
  readonly subject: About;
  readonly data: Readonly<Data>;
}

/** False for users and groups that no connection owns. */
interface Unmanaged {
  readonly owned?: false;
}

/**
 * The cause of a change that was not part of the IdP's request. `given_back`: after a reactivation
 * (withdrawal/withdrawal.ts). `undone`: by an operator's undo, whose plan is named.
 */
export interface Caused {
  readonly cause?: 'given_back' | 'undone';
  readonly undo?: string;
}

/** How an update was made. Entries of earlier versions of the bridge have neither field. */
export interface WrittenHow {
  /** The paths of the attributes that changed. */
  readonly changed?: readonly string[];
  readonly by?: 'put';
}

/** The fields of a user in an entry. The log does not contain the document. */
export type UserSummary = Pick<User, 'userName' | 'externalId' | 'active' | 'email' | 'fullName' | 'admin'>;

export type GroupSummary = Pick<Group, 'displayName' | 'externalId'>;

interface OnResource {
  readonly resourceType: string;
  readonly resourceId: string;
}

type UserChange =
  | Entry<'user.created', Subject, Partial<UserSummary> & Unmanaged>
  | Entry<'user.updated', Subject, UserSummary & WrittenHow & Unmanaged & Caused>
  | Entry<'user.deleted', Subject, Pick<Partial<UserSummary>, 'userName'> & Unmanaged>;

type GroupChange =
  | Entry<'group.created', Subject, Partial<GroupSummary> & Unmanaged & Caused>
  | Entry<'group.updated', Subject, GroupSummary & WrittenHow & Unmanaged & Caused>
  | Entry<'group.deleted', Subject, Pick<Partial<GroupSummary>, 'displayName'> & Unmanaged & Caused>
  | Entry<'group.member_added', Subject, { readonly userId: string } & Unmanaged & Caused>
  | Entry<'group.member_removed', Subject, { readonly userId: string } & Unmanaged & Caused>;

type TargetChange =
  /** The account of the user, or the target's group of the group; null: none. */
  | Entry<
      'mode.linked',
      Subject,
      { readonly memberToken: string | null } | { readonly groupToken: string | null }
    >
  | Entry<
      'mode.member_changed',
      Subject | null,
      {
        readonly memberToken: string | null;
        readonly email: string | null;
        readonly state: string;
        readonly admin: boolean;
      }
    >
  | Entry<
      'mode.group_changed',
      Subject | null,
      { readonly groupToken: string; readonly name: string | null; readonly state: 'active' | 'gone' }
    >
  | Entry<
      'mode.group_member_added' | 'mode.group_member_removed',
      Subject | null,
      { readonly groupToken: string; readonly memberToken: string }
    >
  | Entry<'mode.resource_changed', null, OnResource & { readonly name: string | null }>
  | Entry<
      'mode.permission_added' | 'mode.permission_removed',
      Subject | null,
      OnResource & { readonly action: string; readonly accessorToken: string }
    >;

type DeliveryChange = Entry<
  'delivery.changed',
  Subject,
  {
    readonly state: string;
    readonly reasons: readonly {
      readonly code: string;
      readonly params: Readonly<Record<string, string | number>>;
    }[];
  }
>;

type Value = string | boolean | null;

/** One operation on the target, or one without a call (`adopt_group`). */
export interface OperationSummary {
  /** Its type, such as `invite`. */
  readonly operation: string;
  /** The target's ids of the account and the group; null when there is none, or the id was not known yet. */
  readonly memberToken: string | null;
  readonly groupToken: string | null;
  /** The e-mail of the account and the name of the group at that time. */
  readonly person: string | null;
  readonly group: string | null;
  /** The changed values: the previous one, if known, and the new one. */
  readonly changed: Readonly<Record<string, { readonly from: Value; readonly to: Value }>>;
}

/** The target's answer when the step failed. After `unavailable`, the step may have been applied. */
export interface OperationAnswer {
  /** A `TargetErrorKind`. */
  readonly answer: string;
  readonly message: string;
}

type OperationChange =
  | Entry<'operation.applied', Subject, OperationSummary>
  | Entry<'operation.refused', Subject, OperationSummary & OperationAnswer>;

/** A change as readers of the feed see it. */
export type FeedDraft = UserChange | GroupChange | TargetChange | DeliveryChange;
export type ChangeDraft = FeedDraft | OperationChange | DecisionDraft;
export type ChangeKind = ChangeDraft['kind'];

interface Place {
  readonly position: number;
  readonly workspace: string;
  /** Milliseconds since the epoch. */
  readonly at: number;
}

export type Change = ChangeDraft & Place;
