/** Sets single values of a stored document as the IdP would state them, for an undo. */
import { isObject, type Attributes, type Json } from '../../directory/attributes.ts';
import type { GroupDraft } from '../../directory/group/group.ts';
import type { User, UserDraft } from '../../directory/user/user.ts';
import { readGroupDocument } from './read-group.ts';
import { chosenEmail, readUser } from './read-user.ts';
import { isRoleAttribute } from './read-roles.ts';

const ADMIN: Json = [{ value: 'admin', primary: true }];

interface Values {
  readonly active?: boolean;
  readonly admin?: boolean;
  readonly email?: string;
}

/** An address that no element of the document's list states stays as it is. */
export function restateUser(user: User, { active = user.active, admin, email }: Values): UserDraft {
  let document: Attributes = { ...(JSON.parse(user.document) as Attributes), active };
  if (admin !== undefined) document = withRole(document, admin);
  if (email !== undefined) document = withEmail(document, email);
  const role = admin ?? user.admin;
  return { ...readUser(document, { active, admin: role }), admin: role };
}

export function restateGroup({ document }: GroupDraft, displayName: string): GroupDraft {
  return readGroupDocument({ ...(JSON.parse(document) as Attributes), displayName });
}

/** In the first attribute that states roles, of which there may be several; else in `roles`. */
function withRole(document: Attributes, admin: boolean): Attributes {
  let isSet = !admin;
  const stated = (inner: Attributes): Attributes =>
    Object.fromEntries(
      Object.entries(inner).map(([key, value]): [string, Json] => {
        if (!isRoleAttribute(key))
          return [key, key.toLowerCase().startsWith('urn:') && isObject(value) ? stated(value) : value];
        const isFirst = !isSet;
        isSet = true;
        const isList = Array.isArray(value);
        return [key, isFirst ? (isList ? ADMIN : 'admin') : isList ? [] : ''];
      }),
    );
  const changed = stated(document);
  return isSet ? changed : { ...changed, roles: ADMIN };
}

function withEmail(document: Attributes, email: string): Attributes {
  const list = document['emails'];
  if (!Array.isArray(list)) return document;
  const chosen = chosenEmail(document);
  const emails = (list as readonly Json[]).map((element) =>
    isObject(element) && element['value'] === chosen ? { ...element, value: email } : element,
  );
  return { ...document, emails };
}
