/** The workspace as one JSON document, for inspection in tests and for seeding. */
import { Type, type Static } from 'typebox';
import type { Permission } from '../world/permissions.ts';
import type { Workspace } from '../world/workspace.ts';

const exact = { additionalProperties: false } as const;
const Email = Type.String({ minLength: 3, pattern: '@' });
const Token = Type.String({ pattern: '^[0-9a-f]{12}$' });

/** The holder is either a person (`email`) or a group. */
const PermissionEntry = Type.Object(
  {
    action: Type.String({ minLength: 1 }),
    email: Type.Optional(Email),
    group: Type.Optional(Type.String({ minLength: 1 })),
  },
  exact,
);

export const StateDocument = Type.Object(
  {
    members: Type.Array(
      Type.Object(
        {
          email: Email,
          name: Type.Optional(Type.String()),
          username: Type.Optional(Type.String({ pattern: '^[A-Za-z0-9_-]{1,64}$' })),
          state: Type.Optional(Type.Enum(['active', 'pending', 'banned'])),
          admin: Type.Optional(Type.Boolean()),
          managed_by_scim: Type.Optional(Type.Boolean()),
          member_token: Type.Optional(Token),
          membership_token: Type.Optional(Token),
          last_active_at: Type.Optional(Type.String({ format: 'date-time' })),
        },
        exact,
      ),
    ),
    groups: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            token: Type.Optional(Token),
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
            state: Type.Optional(Type.Enum(['pending', 'accepted', 'cancelled', 'expired'])),
            count: Type.Optional(Type.Integer({ minimum: 1 })),
          },
          exact,
        ),
      ),
    ),
    spaces: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            token: Type.Optional(Token),
            space_type: Type.Optional(Type.Enum(['private', 'community', 'custom'])),
            default_access_level: Type.Optional(Type.Enum(['view', 'edit', 'none', 'restricted'])),
            permissions: Type.Optional(Type.Array(PermissionEntry)),
          },
          exact,
        ),
      ),
    ),
    data_sources: Type.Optional(
      Type.Array(
        Type.Object(
          {
            name: Type.String({ minLength: 1 }),
            token: Type.Optional(Token),
            soft_deleted: Type.Optional(Type.Boolean()),
            permissions: Type.Optional(Type.Array(PermissionEntry)),
          },
          exact,
        ),
      ),
    ),
  },
  exact,
);
export type StateDocument = Static<typeof StateDocument>;

const byText = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
const byEmail = (a: { email: string }, b: { email: string }) => byText(a.email, b.email);
const byName = (a: { name: string }, b: { name: string }) => byText(a.name, b.name);

/** Sorted, so that two states can be compared. @param all include former members and deleted groups */
export function renderState(workspace: Workspace, all: boolean): StateDocument {
  const people = workspace.people.all();
  const emailOf = (memberToken: string) => workspace.people.byToken(memberToken)?.email ?? memberToken;
  const groups = workspace.groups.all().filter((group) => !group.everyone);
  const names = new Map(groups.map((group) => [group.token, group.name]));
  const permission = ({ action, accessorType, accessorToken }: Permission) =>
    accessorType === 'Account'
      ? { action, email: emailOf(accessorToken) }
      : { action, group: names.get(accessorToken) ?? accessorToken };
  return {
    members: people
      .filter((member) => all || member.state !== 'banned')
      .map((member) => ({
        email: member.email,
        name: member.name,
        username: member.username,
        state: member.state,
        admin: member.admin,
        ...(member.managedByScim ? { managed_by_scim: true } : {}),
        member_token: member.memberToken,
        membership_token: member.membershipToken,
        ...(member.lastActiveAt === null
          ? {}
          : { last_active_at: new Date(member.lastActiveAt).toISOString() }),
      }))
      .sort(byEmail),
    groups: groups
      .filter((group) => all || group.state === 'active')
      .map(({ token, name, state, managed, members }) => ({
        token,
        name,
        state,
        ...(managed ? { managed } : {}),
        members: members.memberTokens().map(emailOf).sort(byText),
      }))
      .sort(byName),
    invites: workspace.invites
      .all()
      .map(({ email, state, count }) => ({ email, state, count }))
      .sort(byEmail),
    spaces: workspace.spaces
      .all()
      .map(({ token, name, spaceType, defaultAccessLevel, permissions }) => ({
        token,
        name,
        space_type: spaceType,
        default_access_level: defaultAccessLevel,
        permissions: permissions.all().map(permission),
      }))
      .sort(byName),
    data_sources: workspace.dataSources
      .all()
      .map(({ token, name, softDeleted, permissions }) => ({
        token,
        name,
        ...(softDeleted ? { soft_deleted: true } : {}),
        permissions: permissions.all().map(permission),
      }))
      .sort(byName),
  };
}
