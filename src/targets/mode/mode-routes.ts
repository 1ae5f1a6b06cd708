/** Every way to every capability of Mode, and how one of them is found that works. */
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

/** @returns the routes that there are with these settings, best first */
export function modeRoutes({
  inviter,
  ownScim,
}: {
  inviter: boolean;
  ownScim: boolean;
}): readonly Declared[] {
  const of = (capability: CapabilityName, ...routes: readonly (string | false)[]): Declared[] =>
    routes.flatMap((route) => (route === false ? [] : [{ capability, route }]));
  const [asInviter, byScim] = [inviter && ROUTE.inviter, ownScim && ROUTE.ownScim];
  return [
    ...of('list_members', ROUTE.lite, ROUTE.full, inviter && ROUTE.liteAsInviter),
    ...of('invite', ROUTE.main, asInviter, byScim),
    ...of('remove', ROUTE.main, asInviter, byScim),
    ...of('set_admin', byScim, ROUTE.patch),
    ...of('rename', byScim),
    ...of('groups', ROUTE.main, byScim),
    ...of('audit_logs', ROUTE.read),
    ...of('discovery', ROUTE.signature),
  ];
}

/** What a route could not do for this person or group alone: the next one is tried, and nothing is held against it. */
export class NotThisOne extends Error {
  override readonly name = 'NotThisOne';
}

export interface Routing<T> {
  readonly capability: CapabilityName;
  /** By route; a route without an entry is passed over. */
  readonly by: Readonly<Partial<Record<string, () => Promise<T>>>>;
  /** Answers beyond `forbidden` that mean that the route is shut, such as "not found" to an invite. */
  readonly alsoRefusals?: (error: TargetError) => boolean;
}

/**
 * Tries the routes one after the other until one serves, and remembers which Mode refused. What the bridge concluded
 * without an answer of Mode moves on to the next route, and is not remembered.
 * @throws TargetError forbidden with every route's answer when none serves; every other failure as it comes
 */
export function serve<T>(book: CapabilityBook, routing: Routing<T>): Promise<T> {
  return book.trying(routing.capability, () => inTurn(book, routing));
}

async function inTurn<T>(
  book: CapabilityBook,
  { capability, by, alsoRefusals = () => false }: Routing<T>,
): Promise<T> {
  const answers: string[] = [];
  let concluded = false;
  for (const route of book.open(capability)) {
    const attempt = by[route];
    if (attempt === undefined) continue;
    try {
      const result = await attempt();
      await book.served(capability, route);
      return result;
    } catch (error) {
      if (error instanceof NotThisOne) {
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
  const message = known.length > 0 ? [...new Set(known)].join(' ') : `Mode has no way to ${capability}.`;
  // One route that Mode did not refuse is enough: the step may succeed later.
  throw new TargetError('forbidden', message, { answered: !concluded });
}

/**
 * A read that everything depends on: a refusal is remembered for operators, and it is tried again all the same.
 * @param judge tells a refusal that means the key itself
 * @returns what reads. It throws TargetError forbidden when refused: "not found" of a list never means that it is empty
 */
export function servedRead<T>(
  book: CapabilityBook,
  { capability, route }: Declared,
  read: () => Promise<T>,
  judge: (error: TargetError) => Promise<TargetError>,
): () => Promise<T> {
  let refused = false;
  return async () => {
    try {
      const result = await read();
      // What was refused to writes is not served by a read.
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
