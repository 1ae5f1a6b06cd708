/** Versions (RFC 7644 section 3.14, RFC 9110 section 13): ETag, If-Match, If-None-Match. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import type { Answer } from './client.ts';
import { openStage, type OpenStage } from './stage.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const RACERS = 12;

type Headers = Readonly<Record<string, string>>;
const patchOf = (...operations: object[]) => ({ Operations: operations });
const set = (path: string, value: unknown) => patchOf({ op: 'replace', path, value });
const metaOf = ({ body }: Answer) => body['meta'] as { version: string; lastModified: string };

describe.each(engines)('versions, on %s', (engine) => {
  let stage: OpenStage;
  let made = 0;

  beforeAll(async () => {
    stage = await openStage(engine);
  });
  afterAll(() => stage.close());

  async function send(method: string, path: string, body?: object, headers: Headers = {}): Promise<Answer> {
    const type = body === undefined ? {} : { 'content-type': 'application/scim+json' };
    const response = await fetch(stage.scim + path, {
      method,
      headers: { authorization: `Bearer ${stage.scimToken}`, ...type, ...headers },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    const parsed = text === '' ? { text } : (JSON.parse(text) as Record<string, unknown>);
    return { status: response.status, headers: response.headers, body: parsed };
  }
  const ifMatch = (tag: string): Headers => ({ 'if-match': tag });

  /** A user or a group at its second version. */
  async function second(kind: Kind): Promise<{ path: string; body: object; before: Answer }> {
    made += 1;
    const name = `versions-${String(made)}`;
    const body = kind === 'Users' ? { userName: `${name}@example.com` } : { displayName: name };
    const { body: created } = await send('POST', `/${kind}`, body);
    const path = `/${kind}/${String(created['id'])}`;
    const whole = { ...body, externalId: name, ...(kind === 'Users' ? { active: true } : {}) };
    await send('PUT', path, whole);
    return { path, body: whole, before: await send('GET', path) };
  }

  const kinds = ['Users', 'Groups'] as const;
  type Kind = (typeof kinds)[number];

  describe.each(kinds)('of %s', (kind) => {
    it('every response has the version as its ETag, with or without a body, and each change gives a new one', async () => {
      const { path, body } = await second(kind);
      const more = kind === 'Users' ? { userName: 'other-one@example.com' } : { displayName: 'Other one' };
      const answers = [
        await send('POST', `/${kind}`, more),
        await send('GET', path),
        await send('PUT', path, { ...body, externalId: 'changed' }),
        await send('PATCH', `${path}?attributes=meta`, set('externalId', 'again')),
        await send('GET', path),
      ];
      expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 200, 200]);
      for (const answer of answers) expect(answer.headers.get('etag')).toBe(metaOf(answer).version);
      expect(new Set(answers.slice(1).map((answer) => metaOf(answer).version)).size).toBe(3);
      expect(answers[0]?.headers.get('etag')).toMatch(/^(W\/)?"[^"]+"$/);
      const patched = await send('PATCH', path, set('externalId', 'at last'));
      expect(patched.headers.get('etag')).toBe(metaOf(await send('GET', path)).version);
    });

    it.each(['PUT', 'PATCH', 'DELETE'])(
      'a %s for another version returns 412 and changes nothing',
      async (method) => {
        const { path, body, before } = await second(kind);
        const sent = { PUT: { ...body, externalId: 'x' }, PATCH: set('externalId', 'x'), DELETE: undefined }[
          method
        ];
        for (const tag of ['W/"1"', '"1"', 'W/"99"', '"another-service"', 'W/"1", W/"3"', '""']) {
          const answer = await send(method, path, sent, ifMatch(tag));
          expect(answer.status, tag).toBe(412);
          expect(answer.body).toMatchObject({ schemas: [ERROR], status: '412' });
        }
        const after = await send('GET', path);
        expect(metaOf(after)).toEqual(metaOf(before));
        expect(after.body['externalId']).toBe(before.body['externalId']);
      },
    );

    it.each(['W/"2"', '"2"', '*', 'W/"1", W/"2"', '"1","2" , W/"7"', ' W/"2" '])(
      'PUT, PATCH and DELETE with If-Match %s succeed at the second version',
      async (tag) => {
        for (const method of ['PUT', 'PATCH', 'DELETE'] as const) {
          const { path, body } = await second(kind);
          const sent = {
            PUT: { ...body, externalId: 'x' },
            PATCH: set('externalId', 'x'),
            DELETE: undefined,
          };
          const answer = await send(method, path, sent[method], ifMatch(tag));
          expect(answer.status, method).toBeLessThan(300);
          const after = await send('GET', path);
          if (method === 'DELETE') expect(after.status).toBe(404);
          else expect(after.body).toMatchObject({ externalId: 'x', meta: { version: 'W/"3"' } });
        }
      },
    );

    it('an invalid tag returns 400 and changes nothing', async () => {
      const { path, before } = await second(kind);
      for (const tag of ['2', 'W/2', 'W/"2', 'x"2"', '**']) {
        expect((await send('PATCH', path, set('externalId', 'x'), ifMatch(tag))).status, tag).toBe(400);
      }
      expect(metaOf(await send('GET', path))).toEqual(metaOf(before));
    });

    it('a guarded write to a missing resource is rejected and creates nothing', async () => {
      for (const method of ['PUT', 'PATCH', 'DELETE']) {
        const sent = method === 'PATCH' ? patchOf() : { userName: 'nobody', displayName: 'nobody' };
        const answer = await send(
          method,
          `/${kind}/nobody`,
          method === 'DELETE' ? undefined : sent,
          ifMatch('W/"1"'),
        );
        expect([404, 412]).toContain(answer.status);
        expect((await send('GET', `/${kind}/nobody`)).status).toBe(404);
      }
    });

    it.each([
      ['W/"2"', 304],
      ['"2"', 304],
      ['*', 304],
      ['W/"1", W/"2"', 304],
      ['W/"1"', 200],
      ['"another-service"', 200],
    ])('a GET with If-None-Match %s returns %i', async (tag, status) => {
      const { path, before } = await second(kind);
      for (const url of [path, `${path}?attributes=id`]) {
        const answer = await send('GET', url, undefined, { 'if-none-match': tag });
        expect(answer.status).toBe(status);
        expect(answer.headers.get('etag')).toBe(metaOf(before).version);
        expect(answer.body).toEqual(
          status === 304 ? { text: '' } : expect.objectContaining({ id: before.body['id'] }),
        );
      }
    });

    it('a PUT or PATCH that changes nothing keeps version and lastModified', async () => {
      const { path, body, before } = await second(kind);
      const { externalId } = before.body;
      const name = kind === 'Users' ? 'userName' : 'displayName';
      const nothing: [string, object][] = [
        ['PUT', body],
        ['PUT', before.body],
        ['PUT', { ...body, id: 'another', meta: { version: 'W/"9"' } }],
        ['PATCH', patchOf()],
        ['PATCH', set('externalId', externalId)],
        ['PATCH', patchOf({ op: 'Replace', value: { [name]: before.body[name] } })],
        ['PATCH', patchOf({ op: 'remove', path: kind === 'Users' ? 'title' : 'members' })],
        [
          'PATCH',
          patchOf(
            { op: 'add', path: 'externalId', value: 'x' },
            { op: 'add', path: 'externalId', value: externalId },
          ),
        ],
      ];
      for (const [method, sent] of nothing) {
        const answer = await send(method, path, sent, ifMatch('W/"2"'));
        expect(answer.status, JSON.stringify(sent)).toBeLessThan(300);
        expect(metaOf(await send('GET', path)), JSON.stringify(sent)).toEqual(metaOf(before));
      }
    });

    it('of many concurrent guarded PATCHes exactly one succeeds, and the others return 412', async () => {
      const { path, before } = await second(kind);
      const racing = Array.from({ length: RACERS }, (_none, at) =>
        send('PATCH', path, set('externalId', `racer-${String(at)}`), ifMatch(metaOf(before).version)),
      );
      const statuses = (await Promise.all(racing)).map(({ status }) => status);
      const winner = statuses.findIndex((status) => status < 300);
      expect(statuses.filter((status) => status === 412)).toHaveLength(RACERS - 1);
      const after = await send('GET', path);
      expect(after.body).toMatchObject({ externalId: `racer-${String(winner)}`, meta: { version: 'W/"3"' } });
    });
  });

  it('of concurrent guarded PATCHes of members exactly one succeeds; without a guard none is lost', async () => {
    const { path, before } = await second('Groups');
    const people: string[] = [];
    for (let at = 0; at < RACERS; at += 1) {
      const { body } = await send('POST', '/Users', { userName: `racer-${String(at)}@example.com` });
      people.push(String(body['id']));
    }
    const add = (value: string, headers: Headers) =>
      send('PATCH', path, patchOf({ op: 'add', path: 'members', value: [{ value }] }), headers);
    const membersNow = async () => {
      const { body } = await send('GET', path);
      return ((body['members'] ?? []) as { value: string }[]).map(({ value }) => value).toSorted();
    };
    const guarded = await Promise.all(people.map((id) => add(id, ifMatch(metaOf(before).version))));
    const winners = people.filter((_id, at) => (guarded[at]?.status ?? 500) < 300);
    expect(winners).toHaveLength(1);
    expect(await membersNow()).toEqual(winners);
    const unguarded = await Promise.all(people.map((id) => add(id, {})));
    expect(unguarded.every(({ status }) => status < 300)).toBe(true);
    expect(await membersNow()).toEqual(people.toSorted());
    const removed = await Promise.all(
      people.map((value) =>
        send(
          'PATCH',
          `${path}?attributes=displayName,meta`,
          patchOf({ op: 'remove', path: `members[value eq "${value}"]` }),
        ),
      ),
    );
    expect(new Set(removed.map((answer) => metaOf(answer).version)).size).toBe(RACERS);
    expect(new Set(removed.map(({ headers }) => headers.get('etag'))).size).toBe(RACERS);
    await Promise.all(people.map((id) => add(id, {})));
    const { version } = metaOf(await send('GET', path));
    expect((await add(people[0] ?? '', ifMatch(version))).status).toBeLessThan(300);
    expect(metaOf(await send('GET', path)).version).toBe(version);
  });

  it('a change of its groups does not change the version of a user, and a list has the same versions', async () => {
    const { path, before } = await second('Users');
    const members = [{ value: String(before.body['id']) }];
    await send('POST', '/Groups', { displayName: 'Around', members });
    const after = await send('GET', path);
    expect(after.body['groups']).toHaveLength(1);
    const { body } = await send('GET', `/Users?filter=id%20eq%20%22${members[0]?.value ?? ''}%22`);
    expect((body['Resources'] as { meta: object }[])[0]?.meta).toEqual(metaOf(after));
  });
});
