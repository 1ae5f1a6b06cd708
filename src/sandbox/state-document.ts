/** The workspace as one JSON document: to look at in tests, and to seed. */
import { Type, type Static } from 'typebox';
import { badRequest } from './api-error.ts';
import { newToken } from './new-token.ts';
import type { Workspace } from './workspace.ts';

const exact = { additionalProperties: false } as const;
const Email = Type.String({ minLength: 3, pattern: '@' });

export const StateDocument = Type.Object(
  {
    members: Type.Array(
      Type.Object(
        {
          email: Email,
          name: Type.Optional(Type.String()),
          state: Type.Optional(Type.Enum(['active', 'pending', 'banned'])),
          admin: Type.Optional(Type.Boolean()),
          member_token: Type.Optional(Type.String({ pattern: '^[0-9a-f]{12}$' })),
          membership_token: Type.Optional(Type.String({ pattern: '^[0-9a-f]{12}$' })),
        },
        exact,
      ),
    ),
    groups: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            token: Type.Optional(Type.String({ pattern: '^[0-9a-f]{12}$' })),
            state: Type.Optional(Type.Enum(['active', 'soft_deleted'])),
            managed: Type.Optional(Type.Boolean()),
            members: Type.Optional(Type.Array(Email)),
          },
          exact,
        ),
      ),
    ),
    invites: Type.Optional(
      Type.Array(
        Type.Object(
          {
            email: Email,
            state: Type.Optional(Type.Enum(['pending', 'accepted', 'cancelled'])),
            count: Type.Optional(Type.Integer({ minimum: 1 })),
          },
          exact,
        ),
      ),
    ),
  },
  exact,
);
type StateDocument = Static<typeof StateDocument>;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);

/** Sorted, so that two states can be compared. @param all whether to list former members and deleted groups too */
export function renderState(workspace: Workspace, all: boolean): StateDocument {
  const members = workspace.members();
  const emails = new Map(members.map((member) => [member.memberToken, member.email]));
  const groups = workspace.groups
    .all()
    .filter((group) => !group.everyone && (all || group.state === 'active'));
  return {
    members: members
      .filter((member) => all || member.state !== 'banned')
      .map(({ email, name, state, admin, memberToken, membershipToken }) => {
        return { email, name, state, admin, member_token: memberToken, membership_token: membershipToken };
      })
      .sort((a, b) => byText(a.email, b.email)),
    groups: groups
      .map(({ token, name, state, members: of }) => {
        return {
          token,
          name,
          state,
          members: [...of.keys()].map((key) => emails.get(key) ?? key).sort(byText),
        };
      })
      .sort((a, b) => byText(a.name, b.name)),
    invites: workspace
      .invites()
      .map(({ email, state, count }) => ({ email, state, count }))
      .sort((a, b) => byText(a.email, b.email)),
  };
}

/** Fills an empty workspace. @throws ApiError 400 for a group member who is no active member */
export function seedState(workspace: Workspace, document: StateDocument, now: number): void {
  for (const { email, member_token, membership_token, ...given } of document.members) {
    workspace.add({
      email,
      ...(given.name === undefined ? {} : { name: given.name }),
      ...(given.state === undefined ? {} : { state: given.state }),
      ...(given.admin === undefined ? {} : { admin: given.admin }),
      memberToken: member_token ?? newToken(),
      membershipToken: membership_token ?? newToken(),
    });
  }
  const tokens = new Map(
    workspace.members().map((member) => [member.email.toLowerCase(), member.memberToken]),
  );
  for (const { name, token, state = 'active', managed = false, members = [] } of document.groups ?? []) {
    const group = workspace.groups.create(name, { ...(token === undefined ? {} : { token }), managed });
    for (const email of members) {
      const memberToken = tokens.get(email.toLowerCase());
      if (memberToken === undefined)
        throw badRequest(`The group "${name}" has a member ${email} who is not among the members`);
      group.members.set(memberToken, newToken());
    }
    group.state = state;
  }
  for (const { email, state = 'pending', count = 1 } of document.invites ?? []) {
    const member = workspace
      .members()
      .find((candidate) => candidate.email.toLowerCase() === email.toLowerCase());
    if (member === undefined) throw badRequest(`The invite of ${email} names nobody among the members`);
    workspace.addInvite({
      email,
      state,
      count,
      message: '',
      inviteeUsername: member.username,
      createdAt: now,
      sentAt: now,
    });
  }
}
