/** A recording has the structure of what was sent, and none of its values. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../src/directory/attributes.ts';
import { createFakes } from '../../src/recording/fakes.ts';
import { createAnonymizer } from '../../src/scim/recording/anonymous-traffic.ts';

/** Part of everything that a client says. */
const MARK = 'zebra';
const marked = fc
  .tuple(
    fc.constantFrom('', 'A.', 'urn:x:', '00000000-0000-7000-8000-', 'mailto:', '+47 ', "O'", '"', '('),
    fc.constantFrom('', '@x.test', '.b', ' Smith', '"]', "'", ')'),
  )
  .map(([before, after]) => before + MARK + after);
const names = fc.constantFrom(
  'userName',
  'emails',
  'name',
  'path',
  'filter',
  'op',
  'method',
  'status',
  'favouriteColour',
  'type',
  'value',
  'id',
);
const json = fc.letrec((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    marked,
    fc.constantFrom(true, null),
    fc.array(tie('value'), { maxLength: 3 }),
    tie('object'),
  ),
  object: fc.dictionary(
    fc.oneof(
      names,
      marked.map((text) => `${text}@x y`),
    ),
    tie('value'),
    { maxKeys: 4, noNullPrototype: true },
  ),
}));
const comparison = fc
  .tuple(
    fc.constantFrom('userName', 'emails[type', 'emails.value', 'shoe'),
    fc.constantFrom('eq', 'Eq', 'co', 'pr or x eq'),
    marked,
    fc.constantFrom('"', "'", ''),
  )
  .map(
    ([name, operator, text, quote]) =>
      `${name} ${operator} ${quote}${text}${quote}${name.includes('[') ? ']' : ''}`,
  );
const path = fc
  .tuple(
    fc.constantFrom('/Users', '/Groups', '/Users/.search', '/', '/Bulk', ''),
    fc.option(marked),
    fc.option(fc.oneof(marked, comparison)),
    fc.constantFrom('filter', 'Filter', 'cursor', MARK),
  )
  .map(([start, id, text, name]) => {
    const within = id === null ? '' : `/${encodeURIComponent(id)}`;
    return `${start}${within}${text === null ? '' : `?${name}=${encodeURIComponent(text)}&count=1`}`;
  });
const patch = fc
  .array(
    fc.record({
      op: fc.oneof(marked, fc.constant('Add')),
      path: fc.oneof(
        marked.map((text) => `${text} x`),
        comparison,
      ),
      value: json.value,
    }),
    { maxLength: 3 },
  )
  .map((Operations) => ({ Operations }));

it('no value of a request or an answer is in a recording, wherever it is', () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(path, fc.oneof(json.value, patch), json.object), { maxLength: 4 }),
      (all) => {
        const { step } = createAnonymizer();
        for (const [url, body, answer] of all) {
          const traffic = {
            method: 'POST',
            headers: {},
            status: 200,
            body: body as Json,
            answer: answer as Json,
          };
          expect(JSON.stringify(step({ ...traffic, path: url })).toLowerCase()).not.toContain(MARK);
        }
      },
    ),
    { numRuns: 500 },
  );
});

describe('a fake', () => {
  const fakes = createFakes();

  it('is the same for the same value, another for another, and keeps the form', () => {
    const value = fc.stringMatching(/^[a-z]{2,8}$/);
    fc.assert(
      fc.property(value, value, value, (first, last, domain) => {
        const address = fakes.text(`${first}.${last}@${domain}.com`);
        expect(address).toMatch(/^[a-z]+\.[a-z]+@[a-z]+\.[a-z]+\.example$/);
        expect(fakes.text(`${first}.${last}@${domain}.com`)).toBe(address);
        expect(fakes.text(`${first.toUpperCase()}.${last}@${domain}.com`).toLowerCase()).toBe(address);
        expect(fakes.text(`${first} ${last}`)).toBe(address.split('@')[0]?.replace('.', ' '));
        expect(fakes.text(first) === fakes.text(last)).toBe(first === last);
      }),
    );
  });

  it('of a number is a number, of an id an id', () => {
    expect(fakes.number(4711)).toBe(fakes.number(4711));
    expect(fakes.text('4711')).toMatch(/^\d+$/);
    const id = '0199a8f0-1111-7000-8000-0123456789ab';
    expect(fakes.text(`x ${id.toUpperCase()}`)).toMatch(/^[a-z]+ [0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
    expect(fakes.text(id)).toBe(fakes.text(id.toUpperCase()));
  });
});

it('a filter keeps its form, an id from the bridge is a variable, and a path is not a value', () => {
  const { step } = createAnonymizer();
  const id = '0199a8f0-1111-7000-8000-0123456789ab';
  const traffic = { method: 'GET', headers: {}, body: undefined, status: 200, answer: undefined };
  const created = step({
    ...traffic,
    method: 'POST',
    path: '/Users',
    status: 201,
    answer: { id, userName: 'Jane' },
  });
  expect(created.capture).toEqual({ r1: 'id' });
  const filter = encodeURIComponent(`members[value eq "${id}"] and displayName pr`);
  expect(decodeURIComponent(step({ ...traffic, path: `/Groups?filter=${filter}` }).request.path)).toBe(
    '/Groups?filter=members[value eq "{{r1}}"] and displayName pr',
  );
  const operations = [
    { op: 'Remove', path: `members[value eq "${id}"]` },
    { op: 'add', path: 'urn:acme:2.0:User:costCentre', value: 7 },
  ];
  const patched = step({
    ...traffic,
    method: 'PATCH',
    path: `/Groups/${id}`,
    body: { Operations: operations },
  });
  expect(patched.request).toEqual({
    method: 'PATCH',
    path: '/Groups/{{r1}}',
    body: {
      Operations: [
        { op: 'Remove', path: 'members[value eq "{{r1}}"]' },
        { op: 'add', path: 'urn:acme:2.0:User:costCentre', value: expect.any(Number) as number },
      ],
    },
  });
});
