/** All routes to each capability of Mode, and the search for one that works. */
import type { CapabilityName, CapabilityRoute } from '../../provisioning/capability/capability.ts';
import type { CapabilityBook } from '../../provisioning/capability/capability-book.ts';
import { TargetError } from '../../provisioning/ports/target.ts';

export const ROUTE = {
  lite: 'memberships/lite',
  full: 'memberships and user records',
  liteAsInviter: 'memberships/lite with the inviter key',
  main: 'main key',
  inviter: 'inviter key',
  ownScim: 'own SCIM',
  patch: 'PATCH of the membership',
  read: 'audit_logs',
  signature: 'signature token',
} as const;

type Declared = Pick<CapabilityRoute, 'capability' | 'route'>;

/** @returns the routes that exist with these settings, best first */
export function modeRoutes({
  inviter,
  ownScim,
}: {
  inviter: boolean;
  ownScim: boolean;
}): readonly Declared[] {
  const routesOf = (capability: CapabilityName, ...routes: readonly (string | false)[]): Declared[] =>
    routes.flatMap((route) => (route === false ? [] : [{ capability, route }]));
  const [inviterRoute, ownScimRoute] = [inviter && ROUTE.inviter, ownScim && ROUTE.ownScim];
  return [
    ...routesOf('list_members', ROUTE.lite, ROUTE.full, inviter && ROUTE.liteAsInviter),
    ...routesOf('invite', ROUTE.main, inviterRoute, ownScimRoute),
    ...routesOf('remove', ROUTE.main, inviterRoute, ownScimRoute),
    ...routesOf('set_admin', ownScimRoute, ROUTE.patch),
    ...routesOf('rename', ownScimRoute),
    ...routesOf('groups', ROUTE.main, ownScimRoute),
    ...routesOf('audit_logs', ROUTE.read),
    ...routesOf('discovery', ROUTE.signature),
  ];
}

/** A route cannot serve this person or group. The next route is tried, and no refusal is recorded. */
export class RouteNotApplicable extends Error {
  override readonly name = 'RouteNotApplicable';
}

export interface Routing<T> {
  readonly capability: CapabilityName;
  /** Attempts by route. A route without an entry is skipped. */
  readonly attempts: Readonly<Partial<Record<string, () => Promise<T>>>>;
  /** Errors other than `forbidden` that mean that the route is refused, such as "not found" for an invite. */
  readonly alsoRefusals?: (error: TargetError) => boolean;
}

/**
 * Tries the routes in order until one works, and records which ones Mode refused. A conclusion of the bridge without a
 * response from Mode also moves on to the next route, but is not recorded.
 * @throws TargetError forbidden with the messages of all routes when none works; other errors are thrown unchanged
 */
export function tryRoutes<T>(book: CapabilityBook, routing: Routing<T>): Promise<T> {
  return book.trying(routing.capability, () => tryInOrder(book, routing));
}

async function tryInOrder<T>(
  book: CapabilityBook,
  { capability, attempts, alsoRefusals = () => false }: Routing<T>,
): Promise<T> {
  const answers: string[] = [];
  let concluded = false;
  for (const route of book.open(capability)) {
    const attempt = attempts[route];
    if (attempt === undefined) continue;
    try {
      const result = await attempt();
      await book.served(capability, route);
      return result;
    } catch (error) {
      if (error instanceof RouteNotApplicable) {
        concluded = true;
        answers.push(error.message);
        continue;
      }
      if (!(error instanceof TargetError) || !(error.kind === 'forbidden' || alsoRefusals(error)))
        throw error;
      if (error.answered) await book.refused(capability, route, error.message);
      else concluded = true;
      answers.push(error.message);
    }
  }
  const refused = book.routes().filter((row) => row.capability === capability && row.answer !== null);
  const known = answers.length > 0 ? answers : refused.map((row) => row.answer);
  const message = known.length > 0 ? [...new Set(known)].join(' ') : `Mode has no route for "${capability}".`;
  // When Mode did not refuse at least one route itself, the step may succeed later.
  throw new TargetError('forbidden', message, { answered: !concluded });
}

/**
 * A read that the bridge cannot do without. A refusal is recorded for operators, but the read is still tried every time.
 * @param judge explains a refusal, which may mean that the key is invalid
 * @returns the read. It throws TargetError forbidden when refused: a 404 for a list never means that the list is empty
 */
export function requiredRead<T>(
  book: CapabilityBook,
  { capability, route }: Declared,
  read: () => Promise<T>,
  judge: (error: TargetError) => Promise<TargetError>,
): () => Promise<T> {
  let refused = false;
  return async () => {
    try {
      const result = await read();
      // A successful read does not make a route available that was refused for writes.
      if (refused || book.state(capability, route) === 'not_tried') await book.served(capability, route);
      refused = false;
      return result;
    } catch (error) {
      if (!(error instanceof TargetError) || !['forbidden', 'not_found'].includes(error.kind)) throw error;
      const { status } = error;
      const judged = await judge(new TargetError('forbidden', error.message, { cause: error, status }));
      if (judged.kind !== 'forbidden') throw judged;
      refused = true;
      await book.refused(capability, route, judged.message);
      throw judged;
    }
  };
}
