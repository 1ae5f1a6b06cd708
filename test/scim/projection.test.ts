import { describe, expect, it } from 'vitest';
import { project, readProjection, wants } from '../../src/scim/codec/projection.ts';

const ENT = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User';
const resource = {
  schemas: ['x'],
  id: '1',
  userName: 'jane',
  name: { givenName: 'Jane', familyName: 'Doe' },
  emails: [{ value: 'a@x.test', type: 'work' }],
  groups: [{ value: 'g' }],
  [ENT]: { department: 'Data', costCenter: '7' },
};

describe('the projection', () => {
  it.each([
    ['userName,emails', undefined, ['schemas', 'id', 'userName', 'emails']],
    ['USERNAME', undefined, ['schemas', 'id', 'userName']],
    ['emails[type eq "work"]', undefined, ['schemas', 'id', 'emails']],
    ['urn:ietf:params:scim:schemas:core:2.0:User:userName', undefined, ['schemas', 'id', 'userName']],
    [ENT, undefined, ['schemas', 'id', ENT]],
    ['', undefined, Object.keys(resource)],
    [undefined, 'members,groups', ['schemas', 'id', 'userName', 'name', 'emails', ENT]],
    [undefined, 'id,schemas,userName', ['schemas', 'id', 'name', 'emails', 'groups', ENT]],
  ])('attributes %s, excludedAttributes %s', (attributes, excluded, names) => {
    expect(Object.keys(project(resource, readProjection(attributes, excluded)))).toEqual(names);
  });

  it('can select a sub-attribute', () => {
    const only = (attributes: string) => project(resource, readProjection(attributes, undefined));
    expect(only('name.givenName')).toEqual({ schemas: ['x'], id: '1', name: { givenName: 'Jane' } });
    expect(only('emails.value')).toEqual({ schemas: ['x'], id: '1', emails: [{ value: 'a@x.test' }] });
    expect(only(`${ENT}:department`)).toEqual({ schemas: ['x'], id: '1', [ENT]: { department: 'Data' } });
    const without = project(resource, readProjection(undefined, `name.familyName,${ENT}:costCenter`));
    expect(without).toEqual({ ...resource, name: { givenName: 'Jane' }, [ENT]: { department: 'Data' } });
  });

  it('can select a sub-attribute of the elements that match a filter', () => {
    const [work, home] = [
      { value: 'a@x.test', type: 'work', primary: true },
      { value: 'b@x.test', type: 'home' },
    ];
    const jane = { id: '1', userName: 'jane', emails: [work, home] };
    const only = (attributes: string) => project(jane, readProjection(attributes, undefined));
    const without = (attributes: string) => project(jane, readProjection(undefined, attributes));
    expect(only('emails[type eq "work"].value')).toEqual({ id: '1', emails: [{ value: 'a@x.test' }] });
    expect(only('emails[type eq "other"].value')).toEqual({ id: '1', emails: [] });
    expect(only('emails.type,emails[type eq "work"].value')).toEqual({
      id: '1',
      emails: [{ value: 'a@x.test', type: 'work' }, { type: 'home' }],
    });
    expect(only('emails[type eq "work"],emails[type eq "home"].value')).toEqual({
      id: '1',
      emails: [work, { value: 'b@x.test' }],
    });
    expect(without('emails[type eq "work"]')).toEqual({ ...jane, emails: [home] });
    expect(without('emails[type eq "work"].value')).toEqual({
      ...jane,
      emails: [{ type: 'work', primary: true }, home],
    });
  });

  it('reports which lists need not be read', () => {
    expect(wants(readProjection(undefined, 'members'), 'members')).toBe(false);
    expect(wants(readProjection('displayName', undefined), 'members')).toBe(false);
    expect(wants(readProjection('members.value', undefined), 'members')).toBe(true);
  });
});
