import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { readGroupDocument } from '../../src/scim/codec/read-group.ts';
import { applyPatch } from '../../src/scim/patch/apply-patch.ts';
import { parsePatch } from '../../src/scim/patch/parse-patch.ts';
import { patchGroup } from '../../src/scim/patch/patch-group.ts';
import { groupSchema } from '../../src/scim/schema/resource-schema.ts';

const GROUP = 'urn:ietf:params:scim:schemas:core:2.0:Group';

/** An operation in the form that a client sends, and its effect on the member set and the name. */
interface Step {
  readonly operation: { readonly op: string; readonly path?: string; readonly value?: unknown };
  readonly does: 'add' | 'remove' | 'replace' | 'nothing';
  readonly ids: readonly string[];
  readonly displayName?: string;
}

interface Group {
  readonly displayName: string;
  readonly members: ReadonlySet<string>;
}

/** Applies the operations to the set one after the other. */
function naive(before: Group, steps: readonly Step[]): Group {
  return steps.reduce<Group>(({ displayName, members }, step) => {
    const ids = new Set(step.ids);
    const after = {
      add: members.union(ids),
      remove: members.difference(ids),
      replace: ids,
      nothing: members,
    };
    return { displayName: step.displayName ?? displayName, members: after[step.does] };
  }, before);
}

function patched({ displayName, members }: Group, steps: readonly Step[]): Group {
  const operations = steps.map(({ operation }) => operation);
  const { head, members: change } = patchGroup(parsePatch({ Operations: operations }));
  const draft = readGroupDocument(applyPatch(groupSchema, { displayName }, head));
  const after =
    change?.kind === 'replace'
      ? new Set(change.members)
      : members.difference(new Set(change?.remove)).union(new Set(change?.add));
  return { displayName: draft.displayName, members: after };
}

const id = fc.constantFrom('a', 'b', 'c', 'd');
const some = fc.array(id, { maxLength: 3 });
const path = fc.constantFrom('members', 'Members', `${GROUP}:members`);
const member = (value: string) => ({ value, $ref: null, display: `${value}@x.test` });
const verbs = (...all: string[]) => fc.constantFrom(...all);
const adding = verbs('add', 'Add', 'ADD');
const removing = verbs('remove', 'Remove', 'REMOVE');
const replacing = verbs('replace', 'Replace', 'REPLACE');

const step: fc.Arbitrary<Step> = fc.oneof(
  // Lists of objects, of bare ids.
  fc.tuple(adding, path, some, fc.boolean()).map(([op, at, ids, bare]) => listed('add', op, at, ids, bare)),
  fc
    .tuple(removing, path, some, fc.boolean())
    .map(([op, at, ids, bare]) => listed('remove', op, at, ids, bare)),
  fc
    .tuple(replacing, path, some, fc.boolean())
    .map(([op, at, ids, bare]) => listed('replace', op, at, ids, bare)),
  // One object, one bare id.
  fc.tuple(adding, path, id, fc.boolean()).map(([op, at, one, bare]): Step => {
    return { operation: { op, path: at, value: bare ? one : member(one) }, does: 'add', ids: [one] };
  }),
  fc.tuple(removing, path, fc.array(id, { minLength: 1, maxLength: 3 })).map(([op, at, ids]): Step => {
    const filter = ids.map((one) => `value eq "${one}"`).join(' or ');
    return { operation: { op, path: `${at}[${filter}]` }, does: 'remove', ids };
  }),
  fc.tuple(removing, path).map(([op, at]): Step => {
    return { operation: { op, path: at }, does: 'replace', ids: [] };
  }),
  // Without a path, with or without the name, with or without members.
  fc
    .tuple(
      fc.oneof(adding, replacing),
      fc.constantFrom('members', 'MEMBERS'),
      fc.option(some, { nil: null }),
      fc.option(fc.constantFrom('New', 'Other'), { nil: undefined }),
    )
    .map(([op, key, ids, displayName]): Step => {
      const verb = op.toLowerCase() === 'add' ? 'add' : 'replace';
      return {
        operation: {
          op,
          value: {
            id: '1',
            ...(displayName === undefined ? {} : { displayName }),
            ...(ids === null ? {} : { [key]: ids.map(member) }),
          },
        },
        does: ids === null ? 'nothing' : verb,
        ids: ids ?? [],
        ...(displayName === undefined ? {} : { displayName }),
      };
    }),
  fc.tuple(replacing, fc.constantFrom('New', 'Other')).map(([op, displayName]): Step => {
    return {
      operation: { op, path: 'displayName', value: displayName },
      does: 'nothing',
      ids: [],
      displayName,
    };
  }),
);

function listed(does: Step['does'], op: string, at: string, ids: readonly string[], bare: boolean): Step {
  return { operation: { op, path: at, value: bare ? ids : ids.map(member) }, does, ids };
}

const group = fc.record({
  displayName: fc.constant('Old'),
  members: fc.uniqueArray(id).map((ids): ReadonlySet<string> => new Set(ids)),
});

describe('any PATCH of any group', () => {
  it('has the same effect on the members as its operations one after the other', () => {
    fc.assert(
      fc.property(group, fc.array(step, { maxLength: 8 }), (before, steps) => {
        expect(patched(before, steps)).toEqual(naive(before, steps));
      }),
      { numRuns: 1000 },
    );
  });

  it('changes nothing when it is repeated', () => {
    fc.assert(
      fc.property(group, fc.array(step, { maxLength: 8 }), (before, steps) => {
        const once = patched(before, steps);
        expect(patched(once, steps)).toEqual(once);
      }),
    );
  });

  it('never both adds and removes the same user', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 8 }), (steps) => {
        const operations = steps.map(({ operation }) => operation);
        const change = patchGroup(parsePatch({ Operations: operations })).members;
        fc.pre(change?.kind === 'delta');
        expect(new Set(change.add).intersection(new Set(change.remove))).toEqual(new Set());
      }),
    );
  });
});
