/** The event types of RFC 9967 that the bridge sends. */

/** `notice`: names of attributes only; `full`: also their values. */
export type EventDetail = 'notice' | 'full';

const PREFIX = 'urn:ietf:params:scim:event:';

export const EVENT = {
  feedAdd: `${PREFIX}feed:add`,
  feedRemove: `${PREFIX}feed:remove`,
  create: `${PREFIX}prov:create`,
  put: `${PREFIX}prov:put`,
  patch: `${PREFIX}prov:patch`,
  delete: `${PREFIX}prov:delete`,
  activate: `${PREFIX}prov:activate`,
  deactivate: `${PREFIX}prov:deactivate`,
} as const;

/** The event types for ServiceProviderConfig. `full` includes notices, which are sent for resources that are gone. */
export function eventUris(detail: EventDetail): readonly string[] {
  const { feedAdd, feedRemove, create, put, patch, delete: remove, activate, deactivate } = EVENT;
  const forms = detail === 'full' ? ['notice', 'full'] : ['notice'];
  const written = [create, put, patch].flatMap((uri) => forms.map((form) => `${uri}:${form}`));
  return [feedAdd, feedRemove, ...written, remove, activate, deactivate];
}
