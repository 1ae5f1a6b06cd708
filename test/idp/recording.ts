/** What a recording of an IdP's traffic may say, and how it is played. test/idp/README.md tells it to people. */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import type { Answer, Request as Asked } from '../stories/bridge.ts';

const exact = { additionalProperties: false } as const;
const Emails = Type.Array(Type.String());

const Request = Type.Object(
  {
    note: Type.Optional(Type.String()),
    request: Type.Object(
      {
        method: Type.String(),
        path: Type.String(),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
        body: Type.Optional(Type.Unknown()),
      },
      exact,
    ),
    expect: Type.Object(
      {
        status: Type.Integer(),
        body: Type.Optional(Type.Unknown()),
        headers: Type.Optional(Type.Record(Type.String(), Type.String())),
      },
      exact,
    ),
    capture: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  exact,
);

const Mode = Type.Object(
  {
    note: Type.Optional(Type.String()),
    mode: Type.Object(
      {
        members: Type.Array(
          Type.Object({ email: Type.String(), state: Type.String(), admin: Type.Boolean() }, exact),
        ),
        groups: Type.Array(Type.Object({ name: Type.String(), members: Emails }, exact)),
      },
      exact,
    ),
  },
  exact,
);

const Feed = Type.Object(
  {
    note: Type.Optional(Type.String()),
    feed: Type.Object(
      {
        accounts: Type.Array(
          Type.Object({ email: Type.String(), state: Type.String(), admin: Type.Boolean() }, exact),
        ),
        groups: Type.Array(Type.Object({ name: Type.String(), members: Emails }, exact)),
      },
      exact,
    ),
  },
  exact,
);

/** What else can happen in a story: time, people in Mode, failures of Mode, and the end of a bridge. */
const Happening = Type.Union([
  Type.Object(
    { note: Type.Optional(Type.String()), pass: Type.Object({ seconds: Type.Number() }, exact) },
    exact,
  ),
  Type.Object(
    { note: Type.Optional(Type.String()), jump: Type.Object({ seconds: Type.Number() }, exact) },
    exact,
  ),
  Type.Object({ note: Type.Optional(Type.String()), edit: Type.Object({ action: Type.String() }) }, exact),
  Type.Object(
    {
      note: Type.Optional(Type.String()),
      accept: Type.Object({ emails: Emails, old: Type.Optional(Type.Boolean()) }, exact),
    },
    exact,
  ),
  Type.Object({ note: Type.Optional(Type.String()), faults: Type.Array(Type.Object({})) }, exact),
  Type.Object({ note: Type.Optional(Type.String()), bridge: Type.Enum(['restart', 'kill']) }, exact),
  Type.Object(
    { note: Type.Optional(Type.String()), connection: Type.Enum(['live', 'shadow', 'paused']) },
    exact,
  ),
  Type.Object({ note: Type.Optional(Type.String()), drift: Type.Enum(['report', 'enforce']) }, exact),
  Type.Object({ note: Type.Optional(Type.String()), holds: Type.Literal('approve') }, exact),
]);
export type Happening = Static<typeof Happening>;

const Recording = Type.Object(
  {
    client: Type.String(),
    name: Type.String(),
    description: Type.String(),
    /** The simulated Mode's state at the beginning. */
    seed: Type.Optional(Type.Unknown()),
    /** The simulated Mode's settings, beside the profile. */
    sandbox: Type.Optional(Type.Object({})),
    /** Headers of every request. */
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    steps: Type.Array(Type.Union([Request, Mode, Feed, Happening]), { minItems: 1 }),
  },
  exact,
);
export type Recording = Static<typeof Recording>;

/** What Mode holds: everybody who is active or pending, and every group. */
export interface ModeState {
  readonly members: readonly { readonly email: string; readonly state: string; readonly admin: boolean }[];
  readonly groups: readonly { readonly name: string; readonly members: readonly string[] }[];
}

export interface Stage {
  /** @param path from the root on @returns undefined when the bridge died before it answered */
  send(request: Asked): Promise<Answer | undefined>;
  readonly tokens: { readonly scim: string; readonly feed: string };
  mode(): Promise<ModeState>;
  /** Repeats `check` until it does not throw, at most for a while. */
  eventually(check: () => Promise<void>): Promise<void>;
  /** undefined: nothing but requests can happen there. */
  readonly happen?: (happening: Happening) => Promise<void>;
}

/** @throws Error that names the file and what is wrong with it */
export function parseRecording(file: string, text: string): Recording {
  const value: unknown = JSON.parse(text);
  if (Value.Check(Recording, value)) return value;
  const problems = Value.Errors(Recording, value).map((error) => `${error.instancePath}: ${error.message}`);
  throw new Error(`${file} is no recording:\n  ${problems.join('\n  ')}`);
}

/** Plays every step in order; each must turn out as recorded. */
export async function play(recording: Recording, stage: Stage): Promise<void> {
  const variables = new Map<string, string>();
  for (const [index, step] of recording.steps.entries()) {
    const label = `step ${index + 1}${step.note === undefined ? '' : ` (${step.note})`}`;
    if ('request' in step) await playRequest(step, recording.headers ?? {}, stage, variables, label);
    else if ('mode' in step)
      await stage.eventually(async () => {
        expect(sorted(await stage.mode()), label).toEqual(sorted(step.mode));
      });
    else if ('feed' in step)
      await stage.eventually(async () => {
        expect(await readFeed(stage), label).toEqual(sorted(step.feed, 'accounts'));
      });
    else if (stage.happen === undefined) throw new Error(`${label} cannot happen here.`);
    else await stage.happen(step);
  }
}

async function playRequest(
  step: Static<typeof Request>,
  shared: Record<string, string>,
  stage: Stage,
  variables: Map<string, string>,
  label: string,
): Promise<void> {
  const { method, path, headers = {}, body } = step.request;
  const fill = <T>(value: T): T => JSON.parse(substitute(JSON.stringify(value), variables)) as T;
  const response = await stage.send({
    method,
    path: `/scim/v2${substitute(path, variables)}`,
    headers: {
      authorization: `Bearer ${stage.tokens.scim}`,
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
      ...lowerCased(shared),
      ...lowerCased(headers),
    },
    body: body === undefined ? undefined : JSON.stringify(fill(body)),
  });
  if (response === undefined) throw new Error(`${label}: the bridge died before it answered.`);
  const { text } = response;
  expect(response.status, `${label}: ${text}`).toBe(step.expect.status);
  for (const [name, value] of Object.entries(step.expect.headers ?? {})) {
    expect(response.headers[name.toLowerCase()], `${label}: header ${name}`).toContain(value);
  }
  const answer: unknown = text === '' ? undefined : JSON.parse(text);
  if (step.expect.body !== undefined) expect(answer, label).toMatchObject(fill(step.expect.body) as object);
  for (const [name, where] of Object.entries(step.capture ?? {})) {
    const value = where
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], answer);
    expect(value, `${label}: ${where} for {{${name}}}`).toBeTypeOf('string');
    variables.set(name, String(value));
  }
}

/** Names that differ by case only would be sent twice. */
function lowerCased(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(/\{\{([\w.]+)\}\}/g, (_all, name: string) => {
    const value = variables.get(name);
    if (value === undefined) throw new Error(`The recording uses {{${name}}} before it is captured.`);
    return value;
  });
}

interface Snapshot {
  accounts: { id: string; email: string; state: string; admin: boolean }[];
  groups: { id: string; name: string }[];
  grants: { entitlement_id: string; account_id: string; observed: boolean }[];
}

/** What the feed tells of Mode: people who are there, and groups with the members that Mode has. */
async function readFeed(stage: Stage) {
  const answer = await stage.send({
    method: 'GET',
    path: '/feed/v1/snapshot',
    headers: { authorization: `Bearer ${stage.tokens.feed}` },
  });
  const { accounts, groups, grants } = JSON.parse(answer?.text ?? '') as Snapshot;
  const emails = new Map(accounts.map((account) => [account.id, account.email]));
  return {
    accounts: accounts
      .filter((account) => account.state === 'active' || account.state === 'invited')
      .map(({ email, state, admin }) => ({ email, state, admin }))
      .sort(by((account) => account.email)),
    groups: groups
      .map(({ id, name }) => {
        const held = grants.filter(
          (grant) => grant.observed && grant.entitlement_id === `group:${id}:member`,
        );
        return { name, members: held.map((grant) => emails.get(grant.account_id) ?? '?').sort() };
      })
      .sort(by((group) => group.name)),
  };
}

/** In the order in which states are told. */
function sorted<T extends { groups: readonly { name: string; members: readonly string[] }[] }>(
  state: T,
  people: 'members' | 'accounts' = 'members',
): T {
  const list = (state as Record<string, unknown>)[people] as { email: string }[];
  return {
    ...state,
    [people]: [...list].sort(by((person) => person.email)),
    groups: state.groups
      .map((group) => ({ ...group, members: [...group.members].sort() }))
      .sort(by((group) => group.name)),
  };
}

function by<T>(key: (item: T) => string) {
  return (a: T, b: T) => (key(a) < key(b) ? -1 : 1);
}
