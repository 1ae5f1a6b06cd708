/** A simulated Mode with a test clock, called over HTTP. */
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import type { Clock } from '../../src/clock.ts';
import { startSandbox, type FurtherWorkspace } from '../../src/sandbox/mode/sandbox.ts';
import type { SettingsPatch } from '../../src/sandbox/mode/behaviour/settings.ts';

export const basic = (token: string) => `Basic ${Buffer.from(`${token}:${token}`).toString('base64')}`;
export const MAIN = basic('sandbox');
export const INVITER = basic('inviter');

export const ADMIN = { email: 'admin@x.test', admin: true, membership_token: 'aaaaaaaaaaaa' };
export const JANE = {
  email: 'jane@x.test',
  name: 'Jane Doe',
  username: 'jane',
  member_token: '0000000000aa',
  membership_token: 'bbbbbbbbbbbb',
};
export const GROUP = { name: 'Team', token: '0000000000bb', members: [JANE.email] };

export interface Answer {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Record<string, unknown>;
  readonly text: string;
}

export type Row = Record<string, unknown> & { readonly _links?: Record<string, { readonly href: string }> };

export async function simulate(
  settings: SettingsPatch = {},
  tokens?: () => string,
  furtherWorkspaces: readonly FurtherWorkspace[] = [],
) {
  const time = { now: 1_000_000 };
  const slept: number[] = [];
  const clock: Clock = {
    now: () => time.now,
    monotonic: () => time.now,
    sleep: (ms) => {
      slept.push(ms);
      return Promise.resolve();
    },
  };
  const sandbox = await startSandbox({
    port: 0,
    workspace: 'acme',
    furtherWorkspaces,
    mainKey: { token: 'sandbox', secret: 'sandbox' },
    inviterKey: { token: 'inviter', secret: 'inviter' },
    scimToken: 'acme-scim',
    clock,
    log: pino({ level: 'silent' }),
    settings,
    ...(tokens === undefined ? {} : { tokens }),
  });
  onTestFinished(() => sandbox.close());

  async function call(
    method: string,
    path: string,
    body?: unknown,
    authorization: string | null = MAIN,
    headers: Record<string, string> = {},
  ): Promise<Answer> {
    const response = await fetch(sandbox.url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...headers,
        ...(authorization === null ? {} : { authorization }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed: unknown = text.startsWith('{') ? JSON.parse(text) : text;
    return {
      status: response.status,
      headers: response.headers,
      body: parsed as Record<string, unknown>,
      text,
    };
  }

  async function list(path: string, key: string, authorization = MAIN): Promise<Row[]> {
    const { body } = await call('GET', path, undefined, authorization);
    return (body['_embedded'] as Record<string, Row[]> | undefined)?.[key] ?? [];
  }

  return {
    call,
    list,
    time,
    slept,
    url: sandbox.url,
    sandbox,
    control: sandbox.control,
    invite: (email: string, authorization = INVITER) =>
      call('POST', '/api/acme/invites', { invite: { invitee: { email }, message: 'hi' } }, authorization),
    addToGroup: (token: string, memberToken: string) =>
      call('POST', `/api/acme/groups/${token}/memberships`, { membership: { member_token: memberToken } }),
    state: async () => (await call('GET', '/_sandbox/state')).body,
    close: () => sandbox.close(),
  };
}
