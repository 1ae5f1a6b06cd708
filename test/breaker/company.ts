/** A company whose people are all in Mode, in virtual time: its IdP, its operators, and what Mode has. */
import { onTestFinished } from 'vitest';
import { TOKENS } from '../acceptance/boot.ts';
import { person } from '../acceptance/client.ts';
import { freshDatabase, type EngineName } from '../databases.ts';
import { openWorld } from '../stories/world.ts';
import type { HoldView } from '../../src/admin/hold-view.ts';

export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;

export interface CompanyOptions {
  readonly engine?: EngineName;
  /** How many people are pushed: p0@x.test and so on. */
  readonly people?: number;
  readonly bridges?: number;
  readonly settings?: Readonly<Record<string, string>>;
  readonly profile?: string;
  /** Mode's own SCIM is on and has the people and a group "Team": it changes many members of that in one call. */
  readonly ownScim?: boolean;
  /** What Mode has besides, as PUT /_sandbox/state takes it. */
  readonly admins?: readonly string[];
}

export const emailOf = (index: number) => `p${String(index)}@x.test`;

export async function openCompany({
  engine = 'sqlite',
  people = 12,
  bridges = 1,
  settings = {},
  profile = 'kind',
  ownScim = false,
  admins = ['boss@acme.example', 'second@acme.example'],
}: CompanyOptions = {}) {
  const emails = Array.from({ length: people }, (_none, index) => emailOf(index));
  const world = await openWorld({
    database: await freshDatabase(engine),
    bridges,
    settings,
    sandbox: { profile, auto_accept_seconds: 1, ...(ownScim ? { scim_enabled: true } : {}) },
    mode: {
      members: [
        ...admins.map((email) => ({ email, username: email.replace(/\W/g, ''), admin: true })),
        ...emails.map((email) => {
          const username = email.replace(/\W/g, '');
          return { email, username, ...(ownScim ? { managed_by_scim: true } : {}) };
        }),
      ],
      groups: ownScim ? [{ name: 'Team', managed: true, members: [] }] : [],
    },
  });
  onTestFinished(() => world.close());
  const ask = async (port: 'public' | 'admin', method: string, path: string, body?: unknown) => {
    const token = port === 'public' ? TOKENS.scim : TOKENS.admin;
    const answer = await world.send(port, {
      method,
      path,
      headers: {
        authorization: `Bearer ${token}`,
        host: '127.0.0.1',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = answer?.text ?? '';
    return {
      status: answer?.status ?? 0,
      body: (text === '' ? {} : JSON.parse(text)) as Record<string, unknown>,
    };
  };
  const ids: string[] = [];
  const scim = (method: string, path: string, body?: unknown) =>
    ask('public', method, `/scim/v2${path}`, body);
  const admin = (method: string, path: string, body?: unknown) =>
    ask('admin', method, `/admin/api${path}`, body);
  await world.pass(10 * SECOND);
  for (const email of emails) ids.push(String((await scim('POST', '/Users', person(email))).body['id']));
  await world.pass(2 * MINUTE);

  const setActive = (index: number, active: boolean) =>
    scim('PATCH', `/Users/${ids[index] ?? ''}`, {
      schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'],
      Operations: [{ op: 'replace', path: 'active', value: active }],
    });
  return {
    world,
    ids,
    scim,
    admin,
    /** Deactivates these people one after the other. @returns the statuses that the IdP got */
    leave: async (indexes: readonly number[]) => {
      const statuses = new Set<number>();
      for (const index of indexes) statuses.add((await setActive(index, false)).status);
      return [...statuses];
    },
    comeBack: (index: number) => setActive(index, true),
    /** Pushed people who are active in Mode. */
    active: () =>
      world.sandbox.control
        .state()
        .members.filter(({ email, state }) => state === 'active' && emails.includes(email))
        .map(({ email }) => email)
        .sort(),
    holds: async () => (await admin('GET', '/holds')).body['holds'] as readonly HoldView[],
    delivery: async (index: number) => {
      const user = (await scim('GET', `/Users/${ids[index] ?? ''}`)).body;
      const shown = user['urn:ietf:params:scim:schemas:extension:mode:2.0:User'] as Record<string, unknown>;
      return shown['delivery'];
    },
    members: (group: string) =>
      [...(world.sandbox.control.state().groups?.find(({ name }) => name === group)?.members ?? [])].sort(),
  };
}

export type Company = Awaited<ReturnType<typeof openCompany>>;

export function upTo(count: number): readonly number[] {
  return Array.from({ length: count }, (_none, index) => index);
}
