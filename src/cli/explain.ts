/** `explain`: why a person has access, or why not. */
import { viewExplanation, type ExplanationView } from '../admin/explain-view.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

interface Options extends WorkspaceOption {
  readonly group?: string;
  readonly json?: boolean;
}

type PartView = ExplanationView['access'];
type LinkView = PartView['chain'][number];

export async function explain(who: string, { group, json, workspace }: Options): Promise<void> {
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const view = viewExplanation(await operators.explain(slug, who, { group }));
    if (json === true) console.log(JSON.stringify(view, undefined, 2));
    else for (const line of lines(view, who)) console.log(line);
  });
}

function lines(view: ExplanationView, who: string): readonly string[] {
  const { access, role, groups } = view;
  if (view.person === null && view.account === null && groups.length === 0)
    return [`${who}:`, ...access.why.map(({ text }) => `  ${text}`)];
  return [
    ...aboutPerson(view, who),
    ...aboutPart('Workspace', access, ['not in Mode', 'a member in Mode']),
    ...aboutPart('Admin role', role, ['not an admin in Mode', 'an admin in Mode']),
    ...groups.flatMap((group) =>
      aboutPart(`Group "${group.name}"`, group, ['not in the group in Mode', 'in the group in Mode']),
    ),
    ...(groups.length === 0 ? ['', 'Groups: none.'] : []),
    ...(view.has_more_groups ? ['', 'There are more groups: ask for one with --group.'] : []),
  ];
}

function aboutPerson({ person, account }: ExplanationView, who: string): readonly string[] {
  const mode =
    account === null
      ? 'Mode has no account of this person.'
      : `Mode has ${account.email ?? account.name ?? account.token ?? 'them'}: ${account.state}${account.admin ? ', admin' : ''}. ${account.match}`;
  if (person === null) return [`${who}: no IdP has pushed them.`, `  ${mode}`];
  const name = person.full_name === null ? '' : ` (${person.full_name})`;
  const by =
    person.connection === null ? 'no IdP owns them' : `pushed by the connection "${person.connection}"`;
  const deleted = person.deleted_at === null ? '' : `, deleted at ${person.deleted_at}`;
  return [`${person.user_name}${name}, id ${person.id}`, `  ${by}${deleted}`, `  ${mode}`];
}

function aboutPart(title: string, part: PartView, [no, yes]: readonly [string, string]): readonly string[] {
  const wanted =
    part.wanted === null
      ? 'the IdP says nothing'
      : part.wanted
        ? 'the IdP wants it'
        : 'the IdP does not want it';
  const read =
    part.read_at === null
      ? []
      : [
          `  ${part.read_at}  Read last${part.read_list === null ? '' : ` (Mode's list "${part.read_list}")`}.`,
        ];
  return [
    '',
    `${title}: ${part.in_mode ? yes : no}; ${wanted}${part.delivery === null ? '' : `; ${part.delivery}`}.`,
    ...(part.is_cut ? ['  Older steps are not shown.'] : []),
    ...part.chain.flatMap(aboutLink),
    ...read,
    ...part.why.flatMap(({ text, next }) => [
      `  Why: ${text}`,
      ...(next === null ? [] : [`    Next: ${next}`]),
    ]),
  ];
}

function aboutLink({ at, step, text, request }: LinkView): readonly string[] {
  if (step !== 'request') return [`  ${at}  ${text}`];
  return [`  ${at}  ${text}`, `    ${requestText(request)}`];
}

function requestText(request: LinkView['request']): string {
  if (request === null) return 'No request is known for it.';
  const { id, method, route, status, connection } = request;
  if (method === null) return `Request ${id}; the request log does not have it any more.`;
  const by = connection === null ? '' : ` by "${connection}"`;
  return `Request ${id}: ${method} ${route ?? ''}${by}, answered ${status === null ? 'to nobody' : String(status)}.`;
}
