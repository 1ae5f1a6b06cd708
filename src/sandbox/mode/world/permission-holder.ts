/** How Mode names the holder of a permission: its endpoints disagree, and no recorded list of permissions is public. Pure. */
import type { AccessorType, Permission } from './permissions.ts';
import type { Quirks } from '../behaviour/quirks.ts';

type HolderForm = Exclude<Quirks['permission_holder'], 'mixed'>;

const MIXED_FORMS: readonly HolderForm[] = ['accessor', 'account', 'user'];
const HEXADECIMAL = 16;

/** `member_type` of a person and of a group: memberships have "account", searches and the documents "User". */
const MEMBER_TYPES = {
  account: { Account: 'account', UserGroup: 'user_group' },
  user: { Account: 'User', UserGroup: 'UserGroup' },
} as const satisfies Record<Exclude<HolderForm, 'accessor'>, Record<AccessorType, string>>;

export function memberTypeOf(type: AccessorType, form: keyof typeof MEMBER_TYPES): string {
  return MEMBER_TYPES[form][type];
}

/** With "mixed", the same permission always has the same form. */
export function holderOf(
  { token, accessorType, accessorToken }: Pick<Permission, 'token' | 'accessorType' | 'accessorToken'>,
  how: Quirks['permission_holder'],
): Readonly<Record<string, string>> {
  const turn = Number.parseInt(token.slice(-1), HEXADECIMAL) % MIXED_FORMS.length;
  const form = how === 'mixed' ? (MIXED_FORMS[turn] ?? 'accessor') : how;
  return form === 'accessor'
    ? { accessor_type: accessorType, accessor_token: accessorToken }
    : { member_type: memberTypeOf(accessorType, form), member_token: accessorToken };
}
