import { describe, expect, it } from 'vitest';
import {
  encodeEntitlement,
  encodeGrant,
  encodeGrantedEntitlement,
  encodeResource,
  encodeResourceType,
} from '../../../src/feed/c1z/connector-messages.ts';
import type { C1zGrant, C1zResource } from '../../../src/feed/c1z/c1z-source.ts';
import { decodeMessage } from './decode-message.ts';

/** Expected bytes: hexadecimal, with text in quotes. */
function bytes(golden: string): string {
  return golden
    .replaceAll(/'([^']*)'/g, (_, text: string) => Buffer.from(text).toString('hex'))
    .replaceAll(/\s/g, '');
}
const hex = (data: Uint8Array) => Buffer.from(data).toString('hex');

const group: C1zResource = {
  type: 'group',
  id: 'g1',
  displayName: 'Ånalysts',
  rawId: null,
  profile: { b: true, a: 'x', c: 2, d: null, e: false, f: '' },
  user: null,
};
const member = {
  id: 'group:g1:member',
  resource: group,
  displayName: 'Member',
  slug: 'member',
  purpose: 'assignment',
  grantableTo: ['account'],
} as const;
const grant: C1zGrant = {
  id: 'group:g1:member:account:a1',
  entitlementId: 'group:g1:member',
  principal: { type: 'account', id: 'a1' },
  expandsTo: null,
  through: [],
  metadata: {},
};
const STRUCT = `
  0a 08 0a 01 'a' 12 03 1a 01 'x'
  0a 07 0a 01 'b' 12 02 20 01
  0a 0e 0a 01 'c' 12 09 11 00 00 00 00 00 00 00 40
  0a 07 0a 01 'e' 12 02 20 00
  0a 07 0a 01 'f' 12 02 1a 00`;
const ANY = (name: string) => {
  const url = `type.googleapis.com/c1.connector.v2.${name}`;
  return `0a ${url.length.toString(16)} '${url}'`;
};

describe('the bytes of each message', () => {
  it('a resource type: its traits are packed', () => {
    const type = { id: 'account', displayName: 'Account', description: 'Who', trait: 'user' } as const;
    expect(hex(encodeResourceType(type))).toBe(bytes(`0a 07 'account' 12 07 'Account' 1a 01 01 2a 03 'Who'`));
    expect(hex(encodeResourceType({ ...type, trait: null }))).toBe(
      bytes(`0a 07 'account' 12 07 'Account' 2a 03 'Who'`),
    );
  });

  it('a resource: keys of the profile are sorted, null is left out, false and the empty text are kept', () => {
    expect(hex(encodeResource(group, 'group'))).toBe(
      bytes(`
        0a 0b 0a 05 'group' 12 02 'g1'
        1a 09 'Ånalysts'
        22 69 ${ANY('GroupTrait')} 12 37 12 35 ${STRUCT}
        4a 35 ${STRUCT}`),
    );
  });

  it('a person: values that newer readers read from the resource are also in the trait', () => {
    const user: C1zResource = {
      type: 'account',
      id: 'a1',
      displayName: 'Ada',
      rawId: 'm1',
      profile: { k: 'v' },
      user: {
        email: 'a@b.c',
        login: 'ada',
        loginAliases: ['al'],
        givenName: 'Ada',
        familyName: null,
        status: { state: 'disabled', details: 'former' },
        createdAt: 1_700_000_000_250,
        lastLoginAt: 1_000,
      },
    };
    const profile = `0a 08 0a 01 'k' 12 03 1a 01 'v'`;
    const created = '08 80 e2 cf aa 06 10 80 e5 9a 77';
    const fields = `
      0a 09 0a 05 'a@b.c' 10 01
      12 0a 08 02 12 06 'former'
      1a 0a ${profile}
      28 01
      32 03 'ada'
      3a 02 'al'
      42 0b ${created}
      4a 02 08 01
      62 05 0a 03 'Ada'`;
    const traitLength = bytes(fields).length / 2;
    const url = 'type.googleapis.com/c1.connector.v2.UserTrait'.length;
    expect(hex(encodeResource(user, 'user'))).toBe(
      bytes(`
        0a 0d 0a 07 'account' 12 02 'a1'
        1a 03 'Ada'
        22 ${(url + 4 + traitLength).toString(16)} ${ANY('UserTrait')} 12 ${traitLength.toString(16)} ${fields}
        22 31 ${ANY('RawId')} 12 04 0a 02 'm1'
        4a 0a ${profile}
        5a 0a 08 02 12 06 'former'
        62 0b ${created}`),
    );
  });

  it('an entitlement: its resource and the grantable types are complete', () => {
    const resource = encodeResource({ ...group, profile: {} }, null);
    const account = encodeResourceType({ id: 'account', displayName: 'A', description: '', trait: 'user' });
    expect(hex(encodeEntitlement(member, resource, [account]))).toBe(
      bytes(`
        0a 18 0a 0b 0a 05 'group' 12 02 'g1' 1a 09 'Ånalysts'
        12 0f 'group:g1:member'
        1a 06 'Member'
        2a 0f 0a 07 'account' 12 01 'A' 1a 01 01
        38 01
        42 06 'member'`),
    );
  });

  it('a grant: the ids of its entitlement, of its resource and of its principal', () => {
    expect(hex(encodeGrant(grant, encodeGrantedEntitlement(member)))).toBe(
      bytes(`
        0a 20 0a 0d 0a 0b 0a 05 'group' 12 02 'g1' 12 0f 'group:g1:member'
        12 0f 0a 0d 0a 07 'account' 12 02 'a1'
        1a 1a 'group:g1:member:account:a1'`),
    );
  });

  it('a grant to a group: the bytes of the grant contain how it expands', () => {
    const principal = { type: 'group', id: 'g1' };
    const expandsTo = { entitlementIds: ['group:g1:member'], resourceTypes: ['account'] };
    expect(hex(encodeGrant({ ...grant, principal, expandsTo }, encodeGrantedEntitlement(member)))).toBe(
      bytes(`
        0a 20 0a 0d 0a 0b 0a 05 'group' 12 02 'g1' 12 0f 'group:g1:member'
        12 0d 0a 0b 0a 05 'group' 12 02 'g1'
        1a 1a 'group:g1:member:account:a1'
        22 51 ${ANY('GrantExpandable')} 12 1a 0a 0f 'group:g1:member' 1a 07 'account'`),
    );
  });

  it('a grant through groups: the groups are its sources, in order of their bytes', () => {
    const through = ['\u{10000}', '\uffee', 'a'];
    const data = encodeGrant({ ...grant, through }, encodeGrantedEntitlement(member));
    expect(hex(data).slice(-56)).toBe(
      bytes(`2a 1a 0a 05 0a 01 'a' 12 00 0a 07 0a 03 ef bf ae 12 00 0a 08 0a 04 f0 90 80 80 12 00`),
    );
    expect(decodeMessage('c1.connector.v2.Grant', data)).toMatchObject({
      sources: { sources: { a: {}, '\uffee': {}, '\u{10000}': {} } },
    });
  });

  it('the order of the keys of a profile makes no difference', () => {
    const turned = Object.fromEntries(Object.entries(group.profile).toReversed());
    expect(encodeResource({ ...group, profile: turned }, 'group')).toEqual(encodeResource(group, 'group'));
  });

  it('text that is not valid Unicode is repaired, so that every reader accepts it', () => {
    const data = encodeResource({ ...group, displayName: 'a\ud800b' }, null);
    expect(decodeMessage('c1.connector.v2.Resource', data)['display_name']).toBe('a\ufffdb');
  });
});
