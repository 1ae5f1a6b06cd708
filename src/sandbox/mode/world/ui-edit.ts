/** What people do in Mode's UI, without the API: promote, remove, regroup, rename, and so on. */
import { Type, type Static, type TObject } from 'typebox';
import { notFound, unprocessable } from '../api/api-error.ts';
import { groupEntity, memberEntity, type Entity } from './audit-log.ts';
import type { Group } from './groups.ts';
import { check, refuseUnknown } from '../check.ts';
import type { Workspace } from './workspace.ts';

const exact = { additionalProperties: false } as const;
const Text = Type.String({ minLength: 1, maxLength: 1_000 });
const Person = Type.Object({ email: Text }, exact);
const Emails = Type.Array(Text, { maxItems: 10_000 });
const OneGroup = Type.Object({ group: Text }, exact);
const PersonAndGroup = Type.Object({ email: Text, group: Text }, exact);

/** The audit log entry of an edit. */
export interface AuditRecord {
  readonly action: string;
  readonly entity: Entity;
}

interface Edit<T extends TObject> {
  readonly schema: T;
  /** @throws ApiError, and nothing is changed */
  readonly run: (workspace: Workspace, given: unknown) => AuditRecord;
}

function edit<T extends TObject>(
  schema: T,
  run: (workspace: Workspace, given: Static<T>) => AuditRecord,
): Edit<T> {
  return { schema, run: (workspace, given) => run(workspace, check(schema, given)) };
}

const EDITS = {
  promote: edit(Person, (workspace, { email }) => setAdmin(workspace, email, true)),
  demote: edit(Person, (workspace, { email }) => setAdmin(workspace, email, false)),
  /** What remains depends on the quirk `membership_delete`. */
  remove: edit(Person, (workspace, { email }) => {
    const member = workspace.memberByEmail(email);
    workspace.remove(member);
    return { action: 'membership_removed', entity: memberEntity(member) };
  }),
  ban: edit(Person, (workspace, { email }) => {
    const member = workspace.memberByEmail(email);
    workspace.remove(member, 'ban');
    return { action: 'membership_banned', entity: memberEntity(member) };
  }),
  unban: edit(Person, (workspace, { email }) => {
    const member = workspace.memberByEmail(email);
    if (member.state !== 'banned') throw unprocessable('state', 'is not banned');
    workspace.unban(member);
    return { action: 'membership_unbanned', entity: memberEntity(member) };
  }),
  invite: edit(Person, (workspace, { email }) => {
    const invite = workspace.invites.send(email, 'Invited in Mode');
    const member = workspace.people.byToken(invite.memberToken) ?? workspace.memberByEmail(email);
    return { action: 'member_invited', entity: memberEntity(member) };
  }),
  /** The person clicks the link of an invite, even a cancelled or expired one. */
  accept_invite: edit(Person, (workspace, { email }) => {
    if (workspace.invites.accept([email], true).length === 0) throw notFound(`An invite to ${email}`);
    return { action: 'invite_accepted', entity: memberEntity(workspace.memberByEmail(email)) };
  }),
  /** First sign-in through SAML: a new member without an invite. */
  join: edit(Type.Object({ email: Text, name: Type.Optional(Text) }, exact), (workspace, { email, name }) => {
    if (workspace.people.byEmail(email) !== undefined) throw unprocessable('email', 'already exists');
    const member = workspace.add({ email, name: name ?? '' });
    return { action: 'member_joined', entity: memberEntity(member) };
  }),
  /** The person changes the address of their own account. */
  change_email: edit(Type.Object({ email: Text, to: Text }, exact), (workspace, { email, to }) => {
    const member = workspace.memberByEmail(email);
    workspace.people.change(member, { email: to });
    return { action: 'account_email_changed', entity: memberEntity(member) };
  }),
  rename_person: edit(Type.Object({ email: Text, name: Text }, exact), (workspace, { email, name }) => {
    const member = workspace.memberByEmail(email);
    member.name = name;
    return { action: 'account_renamed', entity: memberEntity(member) };
  }),
  create_group: edit(Type.Object({ name: Text }, exact), (workspace, { name }) => {
    const group = workspace.groups.create(name);
    return { action: 'group_created', entity: groupEntity(group) };
  }),
  rename_group: edit(Type.Object({ group: Text, name: Text }, exact), (workspace, given) => {
    const group = find(workspace, given.group);
    workspace.groups.rename(group, given.name);
    return { action: 'group_renamed', entity: groupEntity(group) };
  }),
  delete_group: edit(OneGroup, (workspace, given) => {
    const group = find(workspace, given.group);
    workspace.groups.remove(group);
    return { action: 'group_deleted', entity: groupEntity(group) };
  }),
  add_to_group: edit(PersonAndGroup, (workspace, { email, group }) => {
    return join(workspace, email, find(workspace, group));
  }),
  remove_from_group: edit(PersonAndGroup, (workspace, { email, group }) => {
    return leave(workspace, email, find(workspace, group));
  }),
  /** Moves a person from one group to another. */
  regroup: edit(Type.Object({ email: Text, from: Text, to: Text }, exact), (workspace, given) => {
    const to = find(workspace, given.to);
    leave(workspace, given.email, find(workspace, given.from));
    return join(workspace, given.email, to);
  }),
  /** Replaces the members of the group. */
  set_group_members: edit(Type.Object({ group: Text, emails: Emails }, exact), (workspace, given) => {
    const group = find(workspace, given.group);
    const people = given.emails.map((email) => workspace.memberByEmail(email));
    const absent = people.find(({ state }) => state !== 'active');
    if (absent !== undefined) throw unprocessable('emails', `${absent.email} is not an active member`);
    const wanted = new Set(people.map(({ memberToken: token }) => token));
    for (const token of group.members.memberTokens().filter((each) => !wanted.has(each))) {
      for (const row of group.members.ofMember(token)) workspace.groups.removeMember(group, row.token);
    }
    const present = new Set(group.members.memberTokens());
    for (const token of wanted) if (!present.has(token)) workspace.groups.addMember(group, token);
    return { action: 'group_members_changed', entity: groupEntity(group) };
  }),
  /** The data source stays in the list, with `soft_deleted`. */
  delete_data_source: edit(Type.Object({ data_source: Text }, exact), (workspace, given) => {
    const source = workspace.dataSources
      .all()
      .find(({ name, token }) => name === given.data_source || token === given.data_source);
    if (source === undefined) throw notFound('data source');
    source.softDeleted = true;
    const { name, token } = source;
    return {
      action: 'connection_deleted',
      entity: { entity_name: name, entity_type: 'workspace_connection', entity_id: token },
    };
  }),
};

/** An edit with its fields. */
export type UiEdit = {
  [K in keyof typeof EDITS]: { readonly action: K } & Readonly<Static<(typeof EDITS)[K]['schema']>>;
}[keyof typeof EDITS];

const Named = Type.Object({ action: Type.String() });

/** @throws ApiError 400 for an unknown edit, or the error of the workspace when it refuses the edit */
export function applyUiEdit(workspace: Workspace, given: unknown): AuditRecord {
  const { action, ...fields } = check(Named, given);
  refuseUnknown('edit', [action], Object.keys(EDITS));
  return EDITS[action as keyof typeof EDITS].run(workspace, fields);
}

function setAdmin(workspace: Workspace, email: string, admin: boolean): AuditRecord {
  const member = workspace.memberByEmail(email);
  workspace.setAdmin(member, admin);
  return { action: 'membership_role_changed', entity: memberEntity(member) };
}

function join(workspace: Workspace, email: string, group: Group): AuditRecord {
  workspace.groups.addMember(group, workspace.memberByEmail(email).memberToken);
  return { action: 'group_member_added', entity: groupEntity(group) };
}

function leave(workspace: Workspace, email: string, group: Group): AuditRecord {
  const rows = group.members.ofMember(workspace.memberByEmail(email).memberToken);
  if (rows.length === 0) throw notFound(`${email} in the group "${group.name}"`);
  for (const { token } of rows) workspace.groups.removeMember(group, token);
  return { action: 'group_member_removed', entity: groupEntity(group) };
}

/** Finds a group by name or token. */
function find(workspace: Workspace, nameOrToken: string): Group {
  return workspace.groups.named(nameOrToken) ?? workspace.groups.get(nameOrToken);
}
