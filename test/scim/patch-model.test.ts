import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attributes, Json } from '../../src/directory/attributes.ts';
import { BridgeError } from '../../src/errors.ts';
import { readUser } from '../../src/scim/codec/read-user.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { userSchema } from '../../src/scim/schema/resource-schema.ts';
import { assigned, ENT, naivePatch, Refused, Unsettled, type Operation } from './naive-patch.ts';

const CORE = 'urn:ietf:params:scim:schemas:core:2.0:User';
const REFUSED = 'refused';

/** One request. */
function patched(document: Attributes, ...operations: readonly Operation[]): Attributes {
  const draft = applyPatch(userSchema, document, parsePatch({ Operations: operations }));
  const before = { active: document['active'] === true, admin: null };
  return assigned(JSON.parse(readUser(draft, before).document) as Attributes);
}

function outcome(patch: () => Attributes): Attributes | typeof REFUSED {
  try {
    return patch();
  } catch (error) {
    if (error instanceof BridgeError || error instanceof Refused) return REFUSED;
    throw error;
  }
}

/** The result of the model. A case that neither the RFC nor the facts define is skipped. */
function expected(document: Attributes, operations: readonly Operation[]): Attributes | typeof REFUSED {
  try {
    return outcome(() => naivePatch(document, operations));
  } catch (error) {
    fc.pre(!(error instanceof Unsettled));
    throw error;
  }
}

const text = fc.constantFrom('a', 'b', 'c');
const anyText = fc.constantFrom('a', 'b', '');
const type = fc.constantFrom('work', 'home', 'other');
const list = fc.constantFrom('emails', 'phoneNumbers', 'roles');
const verb = fc.constantFrom('add', 'Add', 'ADD', 'replace', 'Replace', 'REPLACE');
const remove = fc.constantFrom('remove', 'Remove', 'REMOVE');
const activity = fc.constantFrom<Json>(true, false, 'True', 'False', 'true', 'false');

const element = fc.record(
  { value: text, type, primary: fc.boolean(), display: text },
  { requiredKeys: ['value'] },
);
/** At most one of the elements is primary. */
const elements = fc
  .uniqueArray(element, { maxLength: 3, selector: ({ value }) => value })
  .map((all) =>
    all.map((each, index) => keepPrimary(each, index === all.findIndex((one) => one.primary === true))),
  );

function keepPrimary(each: Attributes, kept: boolean): Attributes {
  return each['primary'] === true && !kept ? { ...each, primary: false } : each;
}

const name = fc.record({ givenName: text, familyName: text }, { requiredKeys: ['givenName'] });
const extension = fc.record(
  { department: text, employeeNumber: text, manager: fc.record({ value: text }) },
  { requiredKeys: ['department'] },
);
const document: fc.Arbitrary<Attributes> = fc
  .record(
    {
      userName: text,
      active: fc.boolean(),
      title: text,
      displayName: text,
      name,
      emails: elements,
      phoneNumbers: elements,
      roles: elements,
      [ENT]: extension,
    },
    { requiredKeys: ['userName', 'active'] },
  )
  .map(assigned);

const filter = fc.oneof(
  { weight: 4, arbitrary: type.map((each) => `type eq "${each}"`) },
  fc.constantFrom('primary eq "True"', 'primary eq true', 'TYPE EQ "Work"', 'type pr', 'type ne "work"'),
  text.map((each) => `value eq "${each}"`),
  fc.tuple(type, text).map(([ofType, value]) => `type eq "${ofType}" and value eq "${value}"`),
);
const valuePath = fc.tuple(list, filter).map(([attribute, of]) => `${attribute}[${of}]`);
const plainPath = fc.constantFrom(
  'title',
  'TITLE',
  'displayName',
  'name.givenName',
  'NAME.familyname',
  `${CORE}:title`,
  `${ENT}:department`,
  `${ENT}:employeeNumber`,
  `${ENT.toUpperCase()}:Department`,
  `${ENT}.employeeNumber`,
);
const managerPath = fc.constantFrom(`${ENT}:manager`, `${ENT}.manager`, 'manager', `${ENT}:manager.value`);
const wholeList = fc.oneof<fc.Arbitrary<Json>[]>(elements, element, text);
const wholeElement = fc.record({ value: text, type, primary: fc.constant(false), display: text });

function writes(path: fc.Arbitrary<string>, value: fc.Arbitrary<Json>): fc.Arbitrary<Operation> {
  return fc.record({ op: verb, path, value });
}

/** Keys of the form without a path: plain, dotted, qualified, a whole extension, and read-only attributes. */
const attributes: fc.Arbitrary<Attributes> = fc
  .record(
    {
      title: anyText,
      userName: text,
      active: activity,
      name,
      'name.familyName': text,
      emails: elements,
      roles: wholeList,
      'phoneNumbers.value': text,
      [`${ENT}:employeeNumber`]: text,
      [`${ENT}:manager`]: text,
      [`${CORE}:displayName`]: text,
      [ENT]: extension,
      id: text,
      password: text,
      groups: fc.constant([]),
      schemas: fc.constant([ENT]),
    },
    { requiredKeys: [] },
  )
  .chain((all) => fc.shuffledSubarray(Object.entries(all)))
  .map((entries) => Object.fromEntries(entries));

const operation: fc.Arbitrary<Operation> = fc.oneof(
  writes(plainPath, anyText),
  writes(fc.constantFrom('userName', `${CORE}:userName`), text),
  writes(fc.constantFrom('active', 'Active'), activity),
  writes(fc.constantFrom('name', 'Name'), name),
  writes(managerPath, text),
  writes(
    fc.constantFrom(`${ENT}:manager`, 'manager'),
    text.map((value) => ({ value })),
  ),
  writes(fc.constant(ENT), extension),
  writes(list, wholeList),
  writes(
    list.map((attribute) => `${attribute}.value`),
    text,
  ),
  writes(valuePath, wholeElement),
  writes(
    valuePath.map((path) => `${path}.value`),
    fc.oneof(
      text,
      text.map((value) => [value]),
    ),
  ),
  writes(
    valuePath.map((path) => `${path}.display`),
    text,
  ),
  writes(
    fc.tuple(list, type).map(([attribute, of]) => `${attribute}[type eq "${of}"].primary`),
    fc.boolean(),
  ),
  fc.record({ op: verb, value: attributes }),
  fc.record({ op: fc.constant('replace'), path: fc.oneof(plainPath, list), value: fc.constant(null) }),
  fc.record({
    op: remove,
    path: fc.oneof(
      plainPath,
      managerPath,
      list,
      valuePath,
      valuePath.map((path) => `${path}.display`),
      list.map((attribute) => `${attribute}.display`),
      fc.constantFrom('name', ENT),
    ),
  }),
);

/**
 * Shapes that are tested one per request, because a later operation of the same request can change the result. Not tested
 * at all: an element selected by a filter that becomes primary as a whole, null for an element or an extension, names of
 * sub-attributes in another case, a complex value in a list, the last attribute of an extension cleared with "".
 */
const alone: fc.Arbitrary<Operation> = fc.oneof(
  { weight: 4, arbitrary: operation },
  writes(
    fc.constantFrom('title', `${ENT}:department`),
    text.map((value) => [value]),
  ),
  writes(
    fc.constant('active'),
    activity.map((value) => [{ value }]),
  ),
  writes(
    fc.tuple(list, type).map(([attribute, of]) => `${attribute}[type eq "${of}"].primary`),
    fc.constantFrom('True', 'false'),
  ),
  writes(
    list,
    element.map((each) => [{ ...each, primary: 'True' }]),
  ),
  // Clears the manager.
  fc.record({
    op: fc.constant('replace'),
    value: fc.record({
      [`${ENT}:manager`]: fc.constantFrom('', { value: '' }),
      [`${ENT}:department`]: text,
    }),
  }),
  fc.record({
    op: remove,
    path: fc.oneof(
      valuePath.map((path) => `${path}.value`),
      valuePath.map((path) => `${path}.type`),
      list.map((attribute) => `${attribute}.value`),
    ),
  }),
);

const refused = fc.constantFrom<Operation>(
  { op: 'move', path: 'title', value: 'x' },
  { op: 'remove' },
  { op: 'replace', value: 'x' },
  { op: 'replace', path: 'title' },
  { op: 'replace', path: 'a[', value: 'x' },
  { op: 'replace', path: 'emails[type zz "work"].value', value: 'x' },
  { op: 'replace', path: 'emails[display sw "none"].value', value: 'x' },
  { op: 'add', path: 'emails[type eq "none"]', value: 'x' },
);
/** Errors that are found when the document is read again. */
const refusedAtLast = fc.constantFrom<Operation>(
  { op: 'remove', path: 'userName' },
  { op: 'replace', path: 'userName', value: '' },
  { op: 'replace', path: 'active', value: 'perhaps' },
  { op: 'add', path: 'name', value: 'x' },
);

const RUNS = { numRuns: 1000 };

describe('any PATCH of any user', () => {
  it('with one operation has the result that the RFC and the known clients expect', () => {
    fc.assert(
      fc.property(document, alone, (before, each) => {
        const wanted = expected(before, [each]);
        expect(outcome(() => patched(before, each))).toEqual(wanted);
      }),
      RUNS,
    );
  });

  it('with several operations has the same result as the operations one after the other', () => {
    fc.assert(
      fc.property(document, fc.array(operation, { maxLength: 6 }), (before, operations) => {
        const wanted = expected(before, operations);
        expect(outcome(() => patched(before, ...operations))).toEqual(wanted);
      }),
      RUNS,
    );
  });

  it('leaves at most one element of a list primary', () => {
    const flag = fc.constantFrom<Json>(true, 'True', 'true', [true], false);
    const loose = fc.record({ value: text, type, primary: flag });
    const primaries = fc.oneof(
      operation,
      writes(list, fc.array(loose)),
      writes(valuePath, loose),
      writes(
        valuePath.map((path) => `${path}.primary`),
        flag,
      ),
    );
    fc.assert(
      fc.property(document, fc.array(primaries, { maxLength: 6 }), (before, operations) => {
        const after = outcome(() => patched(before, ...operations));
        fc.pre(after !== REFUSED);
        for (const attribute of ['emails', 'phoneNumbers', 'roles']) {
          const all = (after[attribute] ?? []) as readonly Attributes[];
          expect(all.filter((each) => each['primary'] === true).length).toBeLessThanOrEqual(1);
        }
      }),
      RUNS,
    );
  });

  it('is rejected as a whole when one operation is, and the document does not change', () => {
    const some = fc.array(operation, { maxLength: 3 });
    const withRefused = fc.oneof(
      fc.tuple(some, refused, some).map(([first, bad, last]) => [...first, bad, ...last]),
      fc.tuple(some, refusedAtLast).map(([first, bad]) => [...first, bad]),
    );
    fc.assert(
      fc.property(document, withRefused, (before, operations) => {
        const copy = structuredClone(before);
        expect(() => patched(before, ...operations)).toThrow(BridgeError);
        expect(before).toEqual(copy);
      }),
    );
  });

  it('never modifies its input document', () => {
    fc.assert(
      fc.property(document, fc.array(operation, { maxLength: 6 }), (before, operations) => {
        const copy = structuredClone(before);
        outcome(() => patched(before, ...operations));
        expect(before).toEqual(copy);
      }),
    );
  });

  it('that replaces changes nothing when it is repeated', () => {
    const replace = alone
      .filter(({ op }) => op.toLowerCase() !== 'remove')
      .map((each) => ({ ...each, op: 'replace' }));
    fc.assert(
      fc.property(document, replace, (before, each) => {
        // A value that contradicts its own filter matches nothing the second time.
        fc.pre(expected(before, [each, each]) !== REFUSED);
        const once = patched(before, each);
        expect(patched(once, each)).toEqual(once);
        expect(patched(before, each, each)).toEqual(once);
      }),
      RUNS,
    );
  });

  it('without operations changes nothing', () => {
    fc.assert(
      fc.property(document, (before) => {
        expect(patched(before)).toEqual(before);
      }),
    );
  });

  it('that writes the present values changes nothing', () => {
    const repeated = document.chain((before) =>
      fc.record({ before: fc.constant(before), operations: fc.shuffledSubarray(repetitions(before)) }),
    );
    fc.assert(
      fc.property(repeated, ({ before, operations }) => {
        expect(patched(before, ...operations)).toEqual(before);
      }),
    );
  });
});

/** All attributes of a document, as operations. */
function repetitions(document: Attributes): Operation[] {
  const whole = Object.entries(document).flatMap(([path, value]) => [
    { op: 'add', path, value },
    { op: 'Replace', path, value },
    { op: 'add', value: { [path]: value } },
  ]);
  const parts = ['name', ENT].flatMap((home) =>
    Object.entries((document[home] ?? {}) as Attributes).map(([part, value]) => {
      return { op: 'replace', path: `${home}${home === ENT ? ':' : '.'}${part}`, value };
    }),
  );
  const elements = ['emails', 'phoneNumbers', 'roles'].flatMap((attribute) =>
    ((document[attribute] ?? []) as readonly Attributes[]).flatMap((each) => {
      const path = `${attribute}[value eq "${each['value'] as string}"]`;
      const bare = { op: 'add', path: attribute, value: each['value'] ?? null };
      const parts = Object.entries(each).map(([part, value]) => ({
        op: 'replace',
        path: `${path}.${part}`,
        value,
      }));
      return [bare, { op: 'add', path: attribute, value: each }, { op: 'add', path, value: each }, ...parts];
    }),
  );
  return [...whole, ...parts, ...elements];
}
