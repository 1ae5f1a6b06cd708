/**
 * People and groups that Mode had before anybody pushed them: shown to the IdP so that it links them instead of
 * creating them anew. The first write of a connection takes them over; until then nothing is done about them.
 */
import type { DirectoryWrite } from './directory-store.ts';
import type { Group } from './group.ts';
import type { User } from './user.ts';

interface Found {
  readonly id: string;
  readonly workspace: string;
  readonly at: number;
}

/** @param member as Mode lists them; the e-mail becomes the userName */
export function showUser(
  { id, workspace, at }: Found,
  member: { email: string; name: string | null },
): DirectoryWrite {
  const { email, name } = member;
  const emails = [{ value: email, type: 'work', primary: true }];
  const user: User = {
    id,
    workspace,
    ownerId: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    userName: email,
    externalId: null,
    active: true,
    email,
    fullName: name,
    admin: null,
    document: JSON.stringify({
      userName: email,
      active: true,
      emails,
      ...(name === null ? {} : { displayName: name, name: { formatted: name } }),
    }),
  };
  const change = {
    kind: 'user.created',
    subject: { kind: 'user', id },
    data: { userName: email, owned: false },
  } as const;
  return { workspace, at, steps: [{ step: 'create_user', user, emails }], changes: [change], subjects: [] };
}

export function showGroup({ id, workspace, at }: Found, name: string): DirectoryWrite {
  const group: Group = {
    id,
    workspace,
    ownerId: null,
    version: 1,
    createdAt: at,
    updatedAt: at,
    displayName: name,
    externalId: null,
    document: JSON.stringify({ displayName: name }),
  };
  const change = {
    kind: 'group.created',
    subject: { kind: 'group', id },
    data: { displayName: name, owned: false },
  } as const;
  return { workspace, at, steps: [{ step: 'create_group', group }], changes: [change], subjects: [] };
}

/** Mode has it no more, or somebody pushed it under another name. */
export function hide(
  { workspace, at }: Omit<Found, 'id'>,
  { subject, version }: { subject: { kind: 'user' | 'group'; id: string }; version: number },
): DirectoryWrite {
  const { id, kind } = subject;
  const step =
    kind === 'user'
      ? ({ step: 'delete_user', id, version } as const)
      : ({ step: 'delete_group', id, version } as const);
  const change = {
    kind: kind === 'user' ? 'user.deleted' : 'group.deleted',
    subject,
    data: { owned: false },
  } as const;
  return { workspace, at, steps: [step], changes: [change], subjects: [] };
}
