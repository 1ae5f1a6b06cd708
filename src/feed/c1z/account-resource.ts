/** An account of the feed as a resource with a user's trait. */
import { firstName } from '../encoders/first-name.ts';
import { nameParts } from '../encoders/name-parts.ts';
import type { Account } from '../model.ts';
import { MAX_NAME_BYTES } from './add-source.ts';
import type { C1zResource, Profile, Status } from './c1z-source.ts';

/**
 * An invite that waits counts as enabled, as it does to the IdP: whoever has it becomes a member when they like. What
 * Mode does not have is told as deleted, so that nobody reviews it as access; it is there because grants may name it.
 */
const STATES: Readonly<Record<Account['state'], Status['state']>> = {
  active: 'enabled',
  invited: 'enabled',
  former: 'disabled',
  absent: 'deleted',
};

export function accountResource(account: Account): C1zResource {
  const { id, email, name, userName, modeUsername, memberToken, state, activatedAt } = account;
  const login = userName ?? email ?? modeUsername;
  const aliases = [email, modeUsername].filter((alias) => alias !== null && alias !== login);
  return {
    type: 'account',
    id,
    displayName: nameOf(id, name, email, userName),
    rawId: memberToken,
    profile: profileOf(account),
    user: {
      email,
      login,
      loginAliases: [...new Set(aliases)] as string[],
      givenName: account.givenName,
      familyName: account.familyName,
      status: { state: STATES[state], details: state },
      createdAt: activatedAt,
      lastLoginAt: account.lastActiveAt,
    },
  };
}

function profileOf(account: Account): Profile {
  const { wanted, delivery } = account;
  const { first, last } = nameParts(account);
  return {
    // Under these three names readers look for them when they export people; always text.
    first_name: first,
    last_name: last,
    user_id: account.id,
    user_name: account.userName,
    external_id: account.externalId,
    mode_username: account.modeUsername,
    mode_state: account.state,
    workspace_admin: account.admin,
    owned_by_idp: account.owned,
    managed_by_mode_scim: account.managedByScim,
    wanted_active: wanted?.active ?? null,
    wanted_admin: wanted?.admin ?? null,
    delivery: delivery?.state ?? null,
    delivery_reason: delivery?.reason ?? null,
  };
}

/** The first of the names that says something, as long as readers take it. */
export function nameOf(id: string, ...names: readonly (string | null)[]): string {
  const name = firstName(id, ...names);
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  // Cut between characters: what is left of one that was cut through is dropped.
  const cut = Buffer.from(name).subarray(0, MAX_NAME_BYTES);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut, { stream: true });
}
