/** How Mode names the holder of a permission: its endpoints disagree, and no recorded list of permissions is public. Pure. */
import type { AccessorType, Permission } from './permissions.ts';
import type { Quirks } from '../behaviour/quirks.ts';

type Words = Exclude<Quirks['permission_holder'], 'mixed'>;

const IN_TURN: readonly Words[] = ['accessor', 'account', 'user'];
const HEXADECIMAL = 16;

/** `member_type` of a person and of a group: memberships have "account", searches and the documents "User". */
const MEMBER_TYPES = {
  account: { Account: 'account', UserGroup: 'user_group' },
  user: { Account: 'User', UserGroup: 'UserGroup' },
} as const satisfies Record<Exclude<Words, 'accessor'>, Record<AccessorType, string>>;

export function memberTypeOf(type: AccessorType, words: keyof typeof MEMBER_TYPES): string {
  return MEMBER_TYPES[words][type];
}

/** With "mixed", the same permission always has the same form. */
export function holderOf(
  { token, accessorType, accessorToken }: Pick<Permission, 'token' | 'accessorType' | 'accessorToken'>,
  how: Quirks['permission_holder'],
): Readonly<Record<string, string>> {
  const turn = Number.parseInt(token.slice(-1), HEXADECIMAL) % IN_TURN.length;
  const words = how === 'mixed' ? (IN_TURN[turn] ?? 'accessor') : how;
  return words === 'accessor'
    ? { accessor_type: accessorType, accessor_token: accessorToken }
    : { member_type: memberTypeOf(accessorType, words), member_token: accessorToken };
}
