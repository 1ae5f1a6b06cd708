/** Converts an account of the feed to a resource with the user trait. */
import { firstName } from '../encoders/first-name.ts';
import { nameParts } from '../encoders/name-parts.ts';
import type { Account } from '../model.ts';
import { MAX_NAME_BYTES } from './add-source.ts';
import type { C1zResource, Profile, Status } from './c1z-source.ts';

/**
 * A pending invite counts as enabled, as it does for the IdP: the person can become a member at any time. An account that
 * Mode does not have is deleted, so that no review counts it as access. It is included because grants may refer to it.
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
    // Readers expect these three names, with text values, when they export people.
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

/** The first name that is not empty, cut to the length that readers accept. */
export function nameOf(id: string, ...names: readonly (string | null)[]): string {
  const name = firstName(id, ...names);
  if (Buffer.byteLength(name) <= MAX_NAME_BYTES) return name;
  // Drops the rest of a character that was cut through.
  const cut = Buffer.from(name).subarray(0, MAX_NAME_BYTES);
  return new TextDecoder('utf-8', { ignoreBOM: true }).decode(cut, { stream: true });
}
