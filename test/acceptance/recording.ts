/** What a recording of an IdP's traffic may say, and how it is played. test/idp/README.md tells it to people. */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { expect } from 'vitest';
import { eventually } from './eventually.ts';
import { readModeState } from './mode-state.ts';

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

const Recording = Type.Object(
  {
    client: Type.String(),
    name: Type.String(),
    description: Type.String(),
    /** The simulated Mode's state at the beginning. */
    seed: Type.Optional(Type.Unknown()),
    /** Headers of every request. */
    headers: Type.Optional(Type.Record(Type.String(), Type.String())),
    steps: Type.Array(Type.Union([Request, Mode, Feed]), { minItems: 1 }),
  },
  exact,
);
export type Recording = Static<typeof Recording>;

export interface Stage {
  readonly scim: string;
  readonly feed: string;
  readonly sandbox: string;
  readonly scimToken: string;
  readonly feedToken: string;
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
      await eventually(async () => {
        expect(await readModeState(stage.sandbox), label).toEqual(sorted(step.mode));
      });
    else
      await eventually(async () => {
        expect(await readFeed(stage), label).toEqual(sorted(step.feed, 'accounts'));
      });
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
  const response = await fetch(stage.scim + substitute(path, variables), {
    method,
    headers: lowerCased({
      authorization: `Bearer ${stage.scimToken}`,
      ...(body === undefined ? {} : { 'content-type': 'application/scim+json; charset=utf-8' }),
      ...lowerCased(shared),
      ...lowerCased(headers),
    }),
    ...(body === undefined ? {} : { body: JSON.stringify(fill(body)) }),
  });
  const text = await response.text();
  expect(response.status, `${label}: ${text}`).toBe(step.expect.status);
  for (const [name, value] of Object.entries(step.expect.headers ?? {})) {
    expect(response.headers.get(name), `${label}: header ${name}`).toContain(value);
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
  const response = await fetch(`${stage.feed}/snapshot`, {
    headers: { authorization: `Bearer ${stage.feedToken}` },
  });
  const { accounts, groups, grants } = (await response.json()) as Snapshot;
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
