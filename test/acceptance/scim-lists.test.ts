/** Lists (RFC 7644 section 3.4.2, RFC 9865): filters, order, attributes, pages, and searches. */
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { engines } from '../databases.ts';
import { client, person, type Answer, type Call } from './client.ts';
import { openStage, type OpenStage } from './stage.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const MODE = 'urn:ietf:params:scim:schemas:extension:mode:2.0:User';
const LIST = 'urn:ietf:params:scim:api:messages:2.0:ListResponse';
const SEARCH = 'urn:ietf:params:scim:api:messages:2.0:SearchRequest';
const HOUR_MS = 3_600_000;
/** Limits a filter to the users of these tests: the workspace may have others. */
const MINE = 'externalId sw "L-"';
const QUOTED = 'Carl "C" \\ Ö+% 東';

type Resource = Readonly<Record<string, string | undefined>>;

const resourcesOf = (answer: Answer) => answer.body['Resources'] as readonly Resource[];
const namesOf = (answer: Answer) => resourcesOf(answer).map(({ userName }) => userName?.split('@', 1)[0]);
const query = (parameters: Record<string, string>) => `?${new URLSearchParams(parameters).toString()}`;

describe.each(engines)('lists, on %s', (engine) => {
  let stage: OpenStage;
  let scim: Call;
  let anna: string;

  const list = (parameters: Record<string, string>) => scim('GET', `/Users${query(parameters)}`);

  async function make(endpoint: string, body: object): Promise<string> {
    const { status, body: made } = await scim('POST', endpoint, body);
    expect(status).toBe(201);
    return String(made['id']);
  }

  beforeAll(async () => {
    stage = await openStage(engine);
    scim = client(stage.scim, stage.scimToken);
    anna = await make('/Users', {
      ...person('Anna@lists.example'),
      externalId: 'L-1',
      title: 'Engineer',
      name: { givenName: 'Anna', familyName: 'Cedar' },
      emails: [
        { value: 'anna@home.example', type: 'home' },
        { value: 'anna@lists.example', type: 'work', primary: true },
      ],
      [ENT]: { department: 'R&D', employeeNumber: '7', manager: { value: 'boss' } },
    });
    const carl = {
      externalId: 'L-3',
      title: 'engineer II',
      displayName: QUOTED,
      name: { familyName: 'Ash' },
    };
    await make('/Users', person('carl@lists.example', carl));
    const bert = person('bert@lists.example', { externalId: 'L-2', name: { familyName: 'birch' } });
    await make('/Users', { ...bert, active: false, [ENT]: { department: 'Sales' } });
    await make('/Groups', { displayName: 'Lists A', externalId: 'L-A', members: [{ value: anna }] });
    await make('/Groups', { displayName: 'Lists B', externalId: 'L-B' });
  });
  afterAll(() => stage.close());

  const who: Record<string, readonly string[]> = {
    Anna: [
      `USERNAME EQ "ANNA@lists.example" and ${CORE}:userName pr`,
      'emails.type eq "home" and emails.value co "LISTS"',
      'externalId eq L-1 or externalId eq "L-2" and externalId eq "L-3"',
      'groups.display eq "Lists A"',
    ],
    bert: ['not (title pr)', 'active eq "false"', `${ENT}:department eq "sales"`, 'name.familyName sw "B"'],
    carl: [`displayName eq ${JSON.stringify(QUOTED)}`, 'title ew "ii"', 'externalId gt "L-2"'],
    'Anna,bert': ['name.familyName ge "Birch"', 'userName ne "carl@lists.example"'],
    'Anna,bert,carl': ['meta.created gt 2015-10-10T14:38:21.8617979-07:00'],
    '': ['externalId eq "l-2"', 'emails[type eq "home" and value co "lists"]', 'nothingKnown eq "x"'],
  };
  const asked = Object.entries(who).flatMap(([found, all]) => all.map((filter) => ({ filter, found })));
  it.each(asked)('the filter $filter finds exactly "$found"', async ({ filter, found }) => {
    const answer = await list({ filter: `${MINE} and (${filter})`, sortBy: 'userName' });
    expect(answer.status).toBe(200);
    expect(namesOf(answer).join()).toBe(found);
    const itemsPerPage = resourcesOf(answer).length;
    expect(answer.body).toMatchObject({ totalResults: itemsPerPage, startIndex: 1, itemsPerPage });
    expect(answer.body['schemas']).toEqual([LIST]);
  });

  const broken = ['userName eq', 'eq "x"', 'userName zz "x"', '(userName pr', 'emails[type eq "work"'];
  it.each([...broken, 'active gt true'])('the filter %s returns invalidFilter', async (filter) => {
    for (const answer of [await list({ filter }), await scim('POST', '/Users/.search', { filter })]) {
      expect(answer.body).toMatchObject({ status: '400', scimType: 'invalidFilter' });
    }
  });

  it.each([
    ['userName', ['Anna', 'bert', 'carl'], 'in any case of letters'],
    ['name.familyName', ['carl', 'bert', 'Anna'], 'by a part'],
    ['emails', ['Anna', 'bert', 'carl'], 'by the primary element'],
    ['title', ['Anna', 'carl', 'bert'], 'those without a value are last, and first when it descends'],
    [`${ENT}:department`, ['Anna', 'bert', 'carl'], 'by an extension'],
  ])('sortBy=%s returns %j, and the reverse when descending: %s', async (sortBy, names) => {
    expect(namesOf(await list({ filter: MINE, sortBy }))).toEqual(names);
    const descending = await list({ filter: MINE, sortBy, sortOrder: 'descending' });
    expect(namesOf(descending)).toEqual(names.toReversed());
  });

  const work = { value: 'anna@lists.example', type: 'work', primary: true };
  const home = { value: 'anna@home.example', type: 'home' };
  it.each<[string, object]>([
    ['USERNAME,id', { userName: 'Anna@lists.example' }],
    ['name.givenName', { name: { givenName: 'Anna' } }],
    ['emails.value', { emails: [{ value: home.value }, { value: work.value }] }],
    ['emails[type eq "work"]', { emails: [work] }],
    ['emails[type eq "fax"]', { emails: [] }],
    [`${CORE}:name.familyName`, { name: { familyName: 'Cedar' } }],
    [ENT, { [ENT]: { department: 'R&D', employeeNumber: '7', manager: { value: 'boss' } } }],
    [`${ENT}:department,userName`, { [ENT]: { department: 'R&D' }, userName: 'Anna@lists.example' }],
    [`${ENT}:manager.value`, { [ENT]: { manager: { value: 'boss' } } }],
    ['nothingKnown', {}],
  ])('attributes=%s returns exactly these attributes, schemas and id', async (attributes, rest) => {
    const expected = { schemas: expect.any(Array) as string[], id: anna, ...rest };
    expect((await scim('GET', `/Users/${anna}${query({ attributes })}`)).body).toEqual(expected);
    const filter = 'externalId eq "L-1"';
    expect(resourcesOf(await list({ filter, attributes }))).toEqual([expected]);
    const search = { schemas: [SEARCH], filter, attributes: [attributes] };
    expect(resourcesOf(await scim('POST', '/Users/.search', search))).toEqual([expected]);
    const patched = await scim('PATCH', `/Users/${anna}${query({ attributes })}`, { Operations: [] });
    expect(patched.body).toEqual(expected);
  });

  it.each<[string, readonly string[], object]>([
    [`emails,meta,${CORE}:title`, ['emails', 'meta', 'title'], {}],
    ['id,schemas', [], {}],
    ['name.familyName', [], { name: { givenName: 'Anna' } }],
    ['emails[type eq "work"]', [], { emails: [home] }],
    [ENT, [ENT], {}],
    [`${ENT}:manager`, [], { [ENT]: { department: 'R&D', employeeNumber: '7' } }],
  ])('excludedAttributes=%s omits exactly these attributes', async (excludedAttributes, gone, changed) => {
    const whole = Object.entries((await scim('GET', `/Users/${anna}`)).body);
    const rest = Object.fromEntries(whole.filter(([name]) => !gone.includes(name)));
    const { body } = await scim('GET', `/Users/${anna}${query({ excludedAttributes })}`);
    expect(body['schemas']).toContain(CORE);
    const live = { schemas: body['schemas'], [MODE]: expect.anything() as object };
    expect(body).toEqual({ ...rest, ...changed, ...live });
  });

  it.each([
    [{ startIndex: '0', count: '2' }, 1, ['Anna', 'bert']],
    [{ startIndex: '2', count: '1' }, 2, ['bert']],
    [{ startIndex: '4', count: '5' }, 4, []],
    [{ count: '0' }, 1, []],
    [{ count: '-1' }, 1, []],
    [{ count: '100000' }, 1, ['Anna', 'bert', 'carl']],
  ])('the page %j has the total number and its part of the list', async (page, startIndex, names) => {
    const answer = await list({ filter: MINE, sortBy: 'userName', ...page });
    expect(namesOf(answer)).toEqual(names);
    expect(answer.body).toMatchObject({ totalResults: 3, startIndex, itemsPerPage: names.length });
    expect(answer.body).not.toHaveProperty('nextCursor');
  });

  it.each(['', 'userName', 'title', 'meta.lastModified'])(
    'cursor paging returns every unchanged user once while others are written, sorted by "%s"',
    async (sortBy) => {
      const mark = `walk-${sortBy}`;
      const add = (nick: string) => make('/Users', { userName: `${nick}@${mark}.example`, externalId: mark });
      const stay = [];
      for (const nick of ['m', 'q', 'n', 'p', 'o']) stay.push(await add(nick));
      const leaver = await add('b');
      const writes = [() => add('a'), () => add('z'), () => scim('DELETE', `/Users/${leaver}`)];
      const seen: string[] = [];
      for (let cursor: unknown = ''; typeof cursor === 'string';) {
        const filter = `externalId eq "${mark}"`;
        const page = await list({ filter, count: '2', cursor, ...(sortBy && { sortBy }) });
        expect(page.status).toBe(200);
        seen.push(...resourcesOf(page).map(({ id }) => String(id)));
        cursor = page.body['nextCursor'];
        expect(cursor ?? 'none').toMatch(/^[A-Za-z0-9._~-]+$/);
        await writes.pop()?.();
      }
      expect(new Set(seen).size).toBe(seen.length);
      expect(seen).toEqual(expect.arrayContaining(stay));
    },
  );

  it('neither an update nor a repeated request moves a user to another page', async () => {
    const pages = [];
    for (const startIndex of ['1', '2', '3', '2', '1']) {
      pages.push(namesOf(await list({ filter: MINE, startIndex, count: '1' }))[0]);
      const value = `after page ${startIndex}`;
      await scim('PATCH', `/Users/${anna}`, { Operations: [{ op: 'replace', path: 'nickName', value }] });
    }
    expect(new Set(pages)).toEqual(new Set(['Anna', 'bert', 'carl']));
    expect(pages.toReversed()).toEqual(pages);
  });

  it('a cursor is valid for its query and for a day, and invalid page parameters are rejected', async () => {
    const first = await list({ filter: MINE, cursor: '', count: '1' });
    const cursor = String(first.body['nextCursor']);
    const issuedEarlier = (ms: number) => {
      const [head, at, ...rest] = JSON.parse(Buffer.from(cursor, 'base64url').toString()) as [string, number];
      return Buffer.from(JSON.stringify([head, at - ms, ...rest])).toString('base64url');
    };
    const again = { filter: MINE, count: '1' };
    expect((await list({ ...again, cursor: issuedEarlier(23 * HOUR_MS) })).status).toBe(200);
    const refused: [string, Promise<Answer>][] = [
      ['expiredCursor', list({ ...again, cursor: issuedEarlier(25 * HOUR_MS) })],
      ['expiredCursor', scim('POST', '/Users/.search', { ...again, cursor: issuedEarlier(25 * HOUR_MS) })],
      ['invalidCursor', list({ ...again, cursor: 'nonsense' })],
      ['invalidCursor', list({ ...again, cursor: cursor.slice(0, -2) })],
      ['invalidCursor', list({ ...again, cursor, filter: 'userName pr' })],
      ['invalidCursor', list({ ...again, cursor, sortBy: 'userName' })],
      ['invalidCursor', scim('GET', `/Groups${query({ ...again, cursor })}`)],
      ['invalidCount', list({ ...again, cursor, count: 'many' })],
      ['invalidValue', list({ ...again, count: '1.5' })],
      ['invalidValue', list({ ...again, startIndex: 'x' })],
      ['invalidCount', scim('POST', '/Users/.search', { cursor: '', count: 'many' })],
    ];
    for (const [scimType, answer] of refused) {
      expect((await answer).body).toMatchObject({ status: '400', scimType });
    }
  });

  it('a search in a body returns the same as a query, with cursors too', async () => {
    const sent = { schemas: [SEARCH], filter: MINE, sortBy: 'userName', sortOrder: 'descending', count: 2 };
    const first = await scim('POST', '/Users/.search', { ...sent, cursor: '' });
    expect(namesOf(first)).toEqual(['carl', 'bert']);
    const second = await scim('POST', '/Users/.search', { ...sent, cursor: first.body['nextCursor'] });
    expect(namesOf(second)).toEqual(['Anna']);
    expect(second.body).not.toHaveProperty('nextCursor');
    const groups = await scim('POST', '/Groups/.search', { filter: `members.value eq "${anna}"` });
    expect(resourcesOf(groups).map(({ displayName }) => displayName)).toEqual(['Lists A']);
  });

  it('the root returns users and groups in one list, with a query and a search, page by page', async () => {
    const labels = (answer: Answer) =>
      resourcesOf(answer).map(({ userName, displayName }) => userName?.split('@', 1)[0] ?? displayName);
    const all = labels(await scim('GET', `/${query({ filter: MINE })}`));
    expect(all.toSorted()).toEqual(['Anna', 'Lists A', 'Lists B', 'bert', 'carl']);
    const attributes = ['userName', 'displayName'];
    for (const startIndex of [1, 3, 5, 6]) {
      const search = { schemas: [SEARCH], filter: MINE, attributes, startIndex, count: 2 };
      const page = await scim('POST', '/.search', search);
      expect(labels(page)).toEqual(all.slice(startIndex - 1, startIndex + 1));
      expect(page.body).toMatchObject({ schemas: [LIST], totalResults: 5, startIndex });
      for (const shown of resourcesOf(page)) expect(shown).not.toHaveProperty('meta');
    }
    const groups = await scim('GET', `/${query({ filter: `${MINE} and meta.resourceType eq "Group"` })}`);
    expect(labels(groups).toSorted()).toEqual(['Lists A', 'Lists B']);
  });
});
