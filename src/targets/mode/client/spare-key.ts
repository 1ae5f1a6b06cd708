/**
 * Spreads calls over both keys. Mode limits each username separately, so keys of two accounts have two rate limits. A call
 * that would have to wait for the main key uses the inviter key, if the owner of that key is also an admin. When a response
 * may mean that the inviter key lacks the privilege, the call is repeated with the main key, and that result counts.
 */
import type { Clock } from '../../../clock.ts';
import { TargetError } from '../../../provisioning/ports/target.ts';
import type { Client, Credential } from './client.ts';
import { fieldsOf, linkOf, textOf } from '../mode-json.ts';
import { routeOf } from './route-of.ts';

/** How long the knowledge about a key's privileges is used. */
const TTL_MS = 24 * 60 * 60_000;
/** The spare key is used only when it saves at least this much waiting time. */
const MIN_SAVING_MS = 100;

/**
 * Calls about a single known object. Lists always use the main key, because their content may depend on the key: a
 * difference between keys would look like a change in Mode.
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
   * @param call makes the call with the given key
   * @returns the result of the call
   */
  spread<T>(what: SpareCall, call: (key: 'main' | 'spare') => Promise<T>): Promise<T>;
  /** Calls per second that the usable keys can sustain for calls that are spread. */
  readonly perSecond: number;
}

export interface SpareKeyParts {
  readonly client: Client;
  readonly clock: Clock;
  readonly workspace: string;
  readonly main: Credential;
  /** undefined when there is only one key. */
  readonly spare: Credential | undefined;
}

export function createSpareKey({ client, clock, workspace, main, spare }: SpareKeyParts): SpareKey {
  /** By kind of call, the time until which only the main key is used. */
  const closed = new Map<string, number>();
  /** Whether the owner of the spare key is an admin; undefined until Mode has responded. */
  let standing: { admin: boolean | undefined; readonly at: number } | undefined;

  /** Returns false until Mode has confirmed that the owner is an admin. Does not wait for the response. */
  function isAdmin(credential: Credential): boolean {
    if (standing === undefined || clock.monotonic() - standing.at >= TTL_MS) {
      const asked: NonNullable<typeof standing> = { admin: undefined, at: clock.monotonic() };
      standing = asked;
      client.call({ method: 'GET', path: `/api/${workspace}`, credential, once: true }).then(
        (root) => {
          asked.admin = isRootOfAdmin(root);
        },
        (error: unknown) => {
          const fails = error instanceof TargetError && ['unavailable', 'rate_limited'].includes(error.kind);
          // After a temporary failure the check is repeated. Any other error means: not an admin.
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
    return client.waitMs(main) - client.waitMs(credential) >= MIN_SAVING_MS && isAdmin(credential);
  }

  return {
    spread: async ({ method, path }, call) => {
      const kind = `${method} ${routeOf(path)}`;
      if (spare === undefined || !mayUse(spare, kind, path)) return call('main');
      try {
        return await call('spare');
      } catch (error) {
        if (!(error instanceof TargetError) || !mayDependOnKey(error)) throw error;
        const result = await call('main');
        // The main key succeeded, so the refusal was about the spare key.
        if (error.kind !== 'rate_limited') closed.set(kind, clock.monotonic() + TTL_MS);
        return result;
      }
    },
    get perSecond() {
      const both = spare !== undefined && standing?.admin === true;
      return client.rate(main) + (both ? client.rate(spare) : 0);
    },
  };
}

/** Uses the role of the caller or, when it is missing, the link to the groups, which only admins get. */
function isRootOfAdmin(root: unknown): boolean {
  const role = textOf(fieldsOf(root)['membership_type']);
  return role === null ? linkOf(root, 'groups') !== undefined : role === 'admin';
}

/** Calls that failed with these errors were not applied, so repeating them with another key is safe. */
function mayDependOnKey({ kind }: TargetError): boolean {
  return kind === 'unauthorized' || kind === 'forbidden' || kind === 'not_found' || kind === 'rate_limited';
}
