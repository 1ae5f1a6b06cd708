/**
 * Spreads calls over the keys: Mode limits each username by itself, so two keys of two accounts have two budgets. A call
 * that would have to wait for the main key goes with the inviter key, if that key's account is an admin, too. An answer
 * that may mean that the inviter key lacks the privilege is never believed: the main key is asked, and counts.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { Client, Credential } from './client.ts';
import { fieldsOf, linkOf, textOf } from '../mode-json.ts';
import { routeOf } from './route-of.ts';

/** How long it is believed what a key may do. */
const STANDS_MS = 24 * 60 * 60_000;
/** A shorter wait is not worth another key. */
const WORTH_MS = 100;

/**
 * Calls about one thing that is known. Lists stay with the main key: what they hold may depend on the key, and a list
 * that changes with the key would look like a change in Mode.
 */
const SPREAD: ReadonlySet<string> = new Set([
  'GET /api/{name}',
  'GET /api/{workspace}/memberships/{membership}',
  'GET /api/{workspace}/groups/{group}',
  'GET /api/{workspace}/groups/{group}/memberships',
  'POST /api/{workspace}/groups/{group}/memberships',
  'DELETE /api/{workspace}/groups/{group}/memberships/{membership}',
]);

export interface SpareCall {
  readonly method: 'GET' | 'POST' | 'PATCH' | 'DELETE';
  readonly path: string;
}

export interface SpareKey {
  /**
   * @param call makes the call with that credential
   * @returns what the call returns, by whichever key served it
   */
  spread<T>(what: SpareCall, call: (key: 'main' | 'spare') => Promise<T>): Promise<T>;
  /** Calls a second that both keys can keep up together for what is spread. */
  readonly perSecond: number;
}

export interface SpareKeyParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly workspace: string;
  readonly main: Credential;
  /** undefined: there is one key only. */
  readonly spare: Credential | undefined;
}

export function createSpareKey({ client, clock, workspace, main, spare }: SpareKeyParts): SpareKey {
  /** Until when a kind of call is left to the main key. */
  const closed = new Map<string, number>();
  /** What Mode says of the spare key's account; `admin` is undefined until it has answered. */
  let standing: { admin: boolean | undefined; readonly at: number } | undefined;

  /** False until Mode has said that the account is an admin: nobody waits for the answer. */
  function isAdmin(credential: Credential): boolean {
    if (standing === undefined || clock.monotonic() - standing.at >= STANDS_MS) {
      const asked: NonNullable<typeof standing> = { admin: undefined, at: clock.monotonic() };
      standing = asked;
      client.call({ method: 'GET', path: `/api/${workspace}`, credential, once: true }).then(
        (root) => {
          asked.admin = isAdminsRoot(root);
        },
        (error: unknown) => {
          const fails = error instanceof TargetError && ['unavailable', 'rate_limited'].includes(error.kind);
          // A Mode that fails is asked again; whatever else it says, it does not say admin.
          if (fails) standing = undefined;
          else asked.admin = false;
        },
      );
    }
    return standing.admin === true;
  }

  function mayUse(credential: Credential, kind: string, path: string): boolean {
    if (!SPREAD.has(kind) || path === `/api/${workspace}`) return false;
    if (clock.monotonic() < (closed.get(kind) ?? -Infinity)) return false;
    return client.waitMs(main) - client.waitMs(credential) >= WORTH_MS && isAdmin(credential);
  }

  return {
    spread: async ({ method, path }, call) => {
      const kind = `${method} ${routeOf(path)}`;
      if (spare === undefined || !mayUse(spare, kind, path)) return call('main');
      try {
        return await call('spare');
      } catch (error) {
        if (!(error instanceof TargetError) || !mayMeanTheKey(error)) throw error;
        const result = await call('main');
        // What one key may not do and the other may is about the key.
        if (error.kind !== 'rate_limited') closed.set(kind, clock.monotonic() + STANDS_MS);
        return result;
      }
    },
    get perSecond() {
      const both = spare !== undefined && standing?.admin === true;
      return client.rate(main) + (both ? client.rate(spare) : 0);
    },
  };
}

/** Mode says the role of the caller; where it does not, only an admin is shown the way to the groups. */
function isAdminsRoot(root: unknown): boolean {
  const role = textOf(fieldsOf(root)['membership_type']);
  return role === null ? linkOf(root, 'groups') !== undefined : role === 'admin';
}

/** None of these was carried out: the same call with another key does it once. */
function mayMeanTheKey({ kind }: TargetError): boolean {
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'not_found' || kind === 'rate_limited';
}
