/** An explanation as JSON: what the admin API and `explain --json` return. */
import { Type, type Static } from 'typebox';
import {
  STEPS,
  type Explanation,
  type GroupPart,
  type Part,
  type Why,
} from '../operators/explain/explanation.ts';
import { sentences } from '../provisioning/reason/reason.ts';
import { At, instant, Instant, Text } from './instant.ts';

const RequestView = Type.Object({
  id: Type.String({ description: 'The request id' }),
  at: Instant,
  method: Text,
  route: Text,
  status: Type.Union([Type.Integer(), Type.Null()]),
  connection: Type.Union([Type.String(), Type.Null()], { description: 'The name of the connection' }),
});
const part = {
  wanted: Type.Union([Type.Boolean(), Type.Null()], {
    description: 'What the IdP wants; null: the IdP does not decide about it',
  }),
  in_mode: Type.Boolean({ description: 'Whether Mode has it, as far as the bridge knows' }),
  read_at: Type.Union([At, Type.Null()], { description: 'When a read of Mode showed that' }),
  read_list: Type.Union([Type.String(), Type.Null()], { description: 'Which list of Mode showed it' }),
  delivery: Text,
  why: Type.Array(
    Type.Object({
      code: Type.String({ description: 'A code of docs/explain.md or docs/reasons.md' }),
      text: Type.String(),
      next: Type.Union([Type.String(), Type.Null()], { description: 'What ends it, and who can do it' }),
      task: Type.Union(
        [
          Type.Object({
            id: Type.String(),
            what: Type.String({ description: 'What a person has to do' }),
            why: Type.String({ description: 'Why the bridge does not do it itself' }),
            link: Type.String({ description: 'Where in Mode it can be done' }),
          }),
          Type.Null(),
        ],
        { description: 'With the code `task`, as the list of tasks has it' },
      ),
    }),
  ),
  chain: Type.Array(
    Type.Object({
      at: At,
      step: Type.Enum([...STEPS], {
        description:
          'request: the IdP; undo: an operator took back what was done; match: the matching rule; operation: the bridge on Mode, and the answer; read: what a read of Mode showed; delivery: what the bridge concluded',
      }),
      text: Type.String(),
      request: Type.Union([RequestView, Type.Null()]),
    }),
    { description: 'The oldest first' },
  ),
  is_cut: Type.Boolean({ description: 'There are older links than these' }),
};

export const ExplanationView = Type.Object({
  workspace: Type.String(),
  person: Type.Union([
    Type.Object({
      id: Type.String(),
      user_name: Type.String(),
      email: Text,
      full_name: Text,
      connection: Type.Union([Type.String(), Type.Null()], { description: 'null: no IdP owns them' }),
      deleted_at: Instant,
    }),
    Type.Null({ description: 'The directory has no such person' }),
  ]),
  account: Type.Union([
    Type.Object({
      token: Text,
      name: Text,
      email: Text,
      state: Type.Enum(['active', 'invited', 'former']),
      admin: Type.Boolean(),
      match: Type.String({ description: 'Why the bridge takes it for the account of this person' }),
    }),
    Type.Null({ description: 'Mode has no account of this person' }),
  ]),
  access: Type.Object(part),
  role: Type.Object(part),
  groups: Type.Array(Type.Object({ id: Text, name: Type.String(), ...part })),
  has_more_groups: Type.Boolean(),
});
export type ExplanationView = Static<typeof ExplanationView>;

export function viewExplanation(explanation: Explanation): ExplanationView {
  const { workspace, person, account, access, role, groups, hasMoreGroups } = explanation;
  return {
    workspace,
    person: person && {
      id: person.id,
      user_name: person.userName,
      email: person.email,
      full_name: person.fullName,
      connection: person.connection,
      deleted_at: instant(person.deletedAt),
    },
    account: account && { ...account },
    access: viewPart(access),
    role: viewPart(role),
    groups: groups.map((group: GroupPart) => ({ id: group.id, name: group.name, ...viewPart(group) })),
    has_more_groups: hasMoreGroups,
  };
}

function viewTask(task: Why['task']) {
  if (task === undefined) return null;
  const { id, what, why, link } = task;
  return { id, what: sentences(what) ?? '', why, link };
}

function viewPart({
  wanted,
  has,
  readAt,
  how,
  delivery,
  why,
  chain,
  isCut,
}: Part): ExplanationView['access'] {
  return {
    wanted,
    in_mode: has,
    read_at: instant(readAt),
    read_list: how,
    delivery,
    why: why.map(({ code, text, next, task }) => ({ code, text, next, task: viewTask(task) })),
    chain: chain.map(({ at, step, text, request }) => ({
      at: instant(at),
      step,
      text,
      request: request && { ...request, at: instant(request.at) },
    })),
    is_cut: isCut,
  };
}
