/** Plays a recording, and compares the result with what the recording expects. */
import type { Happening, Recording, RequestStep } from './recording.ts';
import { differencesOf } from './differences.ts';

export interface PlayedRequest {
  readonly method: string;
  /** From the root on, e.g. /scim/v2/Users */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface PlayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, unknown>>;
  readonly text: string;
}

const VARIABLE = /\{\{([\w.]+)\}\}/g;

type Groups = readonly { readonly name: string; readonly members: readonly string[] }[];
type People = readonly { readonly email: string; readonly state: string; readonly admin: boolean }[];

/** The state of Mode: everybody who is active or pending, and every group. */
export interface ModeState {
  readonly members: People;
  readonly groups: Groups;
}

export interface Stage {
  /** @returns undefined when the bridge died before it answered */
  send(request: PlayedRequest): Promise<PlayedAnswer | undefined>;
  readonly tokens: { readonly scim: string; readonly feed: string };
  mode(): Promise<ModeState>;
  /** Repeats `check` until it does not throw, at most for a while; then it throws what `check` threw. */
  eventually(check: () => Promise<void>): Promise<void>;
  /** undefined: nothing but requests can happen there. */
  readonly happen?: (happening: Happening) => Promise<void>;
}

/** A difference from the recording. */
export interface Difference {
  readonly step: string;
  readonly problems: readonly string[];
}

/**
 * Plays every step in order.
 * @param done called after each step with how many are done
 * @returns the differences; after a difference in a request whose id later steps need, nothing more is played
 */
export async function play(
  recording: Recording,
  stage: Stage,
  done: (steps: number) => void = () => undefined,
): Promise<readonly Difference[]> {
  const variables = new Map<string, string>();
  const used = new Set(Array.from(JSON.stringify(recording).matchAll(VARIABLE), ([, name = '']) => name));
  const differences: Difference[] = [];
  for (const [index, step] of recording.steps.entries()) {
    const label = `step ${index + 1}${step.note === undefined ? '' : ` (${step.note})`}`;
    const report = (about: string, problems: readonly string[]) => {
      if (problems.length > 0) differences.push({ step: `${label}: ${about}`, problems });
    };
    if ('request' in step) {
      const { method, path } = step.request;
      const problems = await playRequest(step, recording.headers ?? {}, stage, { variables, used });
      report(`${method} ${path}`, problems);
      // Later steps would have the wrong ids.
      const captured = Object.keys(step.capture ?? {}).every(
        (name) => variables.has(name) || !used.has(name),
      );
      if (!captured) return differences;
    } else if ('mode' in step) {
      report(
        'Mode',
        await eventualDifferences(stage, async () => [
          sorted({ ...(await stage.mode()) }),
          sorted(step.mode),
        ]),
      );
    } else if ('feed' in step) {
      report(
        'the feed',
        await eventualDifferences(stage, async () => [await readFeed(stage), sorted(step.feed)]),
      );
    } else if (stage.happen === undefined) report('this cannot happen here', ['']);
    else await stage.happen(step);
    done(index + 1);
  }
  return differences;
}

async function eventualDifferences(
  stage: Stage,
  look: () => Promise<readonly [got: unknown, expected: unknown]>,
): Promise<readonly string[]> {
  let problems: readonly string[] = [];
  try {
    await stage.eventually(async () => {
      const [got, expected] = await look();
      problems = [...differencesOf(got, expected, 'exact')];
      if (problems.length > 0) throw new Error(problems.join('\n'));
    });
  } catch (error) {
    if (problems.length === 0) throw error;
  }
  return problems;
}

async function playRequest(
  step: RequestStep,
  shared: Readonly<Record<string, string>>,
  stage: Stage,
  { variables, used }: { readonly variables: Map<string, string>; readonly used: ReadonlySet<string> },
): Promise<readonly string[]> {
  const { method, path, headers = {}, body } = step.request;
  const fill = (value: unknown): unknown => JSON.parse(substitute(JSON.stringify(value), variables));
  const answer = await stage.send({
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
  if (answer === undefined) return ['the bridge died before it answered'];
  const { status, text } = answer;
  if (status !== step.expect.status)
    return [`status: expected ${step.expect.status}, got ${status}: ${text.slice(0, 500)}`];
  const problems: string[] = [];
  for (const [name, value] of Object.entries(step.expect.headers ?? {})) {
    const got = String(answer.headers[name.toLowerCase()]);
    if (!got.includes(value)) problems.push(`header ${name}: expected ${value}, got ${got}`);
  }
  const parsed: unknown = text === '' ? undefined : JSON.parse(text);
  for (const [name, where] of Object.entries(step.capture ?? {})) {
    const value = where
      .split('.')
      .reduce<unknown>((at, key) => (at as Record<string, unknown> | undefined)?.[key], parsed);
    // Of the location in a bulk answer, the id at its end: the answer has no other place for it.
    const isLocation = /^Operations\.\d+\.location$/.test(where);
    if (typeof value === 'string')
      variables.set(name, isLocation ? value.slice(value.lastIndexOf('/') + 1) : value);
    else if (used.has(name)) problems.push(`${where}: expected a text for {{${name}}}, got ${String(value)}`);
  }
  if (step.expect.body !== undefined) problems.push(...differencesOf(parsed, fill(step.expect.body), 'part'));
  return problems;
}

/** Headers that differ only in case would be sent twice. */
function lowerCased(headers: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}

function substitute(text: string, variables: ReadonlyMap<string, string>): string {
  return text.replaceAll(VARIABLE, (all, name: string) => variables.get(name) ?? all);
}

interface Snapshot {
  accounts: { id: string; email: string; state: string; admin: boolean }[];
  groups: { id: string; name: string }[];
  grants: { entitlement_id: string; account_id: string; observed: boolean }[];
}

/** The state of Mode as the feed shows it: active and pending people, and groups with their members. */
async function readFeed(stage: Stage): Promise<unknown> {
  const answer = await stage.send({
    method: 'GET',
    path: '/feed/v1/snapshot',
    headers: { authorization: `Bearer ${stage.tokens.feed}` },
  });
  const { accounts, groups, grants } = JSON.parse(answer?.text ?? '') as Snapshot;
  const emails = new Map(accounts.map((account) => [account.id, account.email]));
  return sorted({
    accounts: accounts
      .filter(({ state }) => state === 'active' || state === 'invited')
      .map(({ email, state, admin }) => ({ email, state, admin })),
    groups: groups.map(({ id, name }) => ({
      name,
      members: grants
        .filter((grant) => grant.observed && grant.entitlement_id === `group:${id}:member`)
        .map((grant) => emails.get(grant.account_id) ?? '?'),
    })),
  });
}

/** Sorted, so that the order of the read does not matter. */
function sorted({
  groups,
  ...people
}: { readonly groups: Groups } & Readonly<Record<string, unknown>>): unknown {
  const lists = Object.entries(people).map(([name, list]) => {
    return [name, [...(list as People)].sort(by(({ email }) => email))] as const;
  });
  return {
    ...Object.fromEntries(lists),
    groups: groups
      .map(({ name, members }) => ({ name, members: [...members].sort() }))
      .sort(by(({ name }) => name)),
  };
}

function by<T>(key: (item: T) => string) {
  return (a: T, b: T) => (key(a) < key(b) ? -1 : 1);
}
