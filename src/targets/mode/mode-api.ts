/**
 * The calls of one workspace, each with one of the bridge's keys. What a 401 means is asked of Mode before anybody is
 * alarmed: the key may be wrong, or it may be good and not allowed to do this.
 */
import type { Clock } from '../../clock.ts';
import { TargetError, type TargetErrorKind } from '../../provisioning/ports/target.ts';
import type { Call, Client, Credential } from './client/client.ts';
import { fieldsOf, textOf } from './mode-json.ts';
import { createSpareKey } from './client/spare-key.ts';

/** How long Mode's word on a key is believed. */
const VERIFIED_MS = 60_000;

export type KeyName = 'main key' | 'inviter key';

const WAITING: ReadonlySet<TargetErrorKind> = new Set(['unavailable', 'rate_limited']);
const LACKS = 'it lacks the privilege';
const SETTINGS: Readonly<Record<KeyName, string>> = {
  'main key': 'MODE_API_KEY and MODE_API_SECRET',
  'inviter key': 'MODE_INVITER_KEY and MODE_INVITER_SECRET',
};

/** What Mode says of a key by itself. */
export interface KeyStanding {
  readonly state: 'accepted' | 'rejected';
  /** Such as `workspace` or `member`; null when Mode does not say. */
  readonly scope: string | null;
  /** Where the key's own record is; undefined when Mode does not say. */
  readonly record: unknown;
}

export interface ModeApi {
  readonly workspace: string;
  readonly keys: readonly KeyName[];
  /** Calls a second that the keys can keep up together, now. */
  readonly perSecond: number;
  /** @param options without a key, the call goes with the key that serves it soonest */
  get(path: string, options?: { readonly accept?: string; readonly key?: KeyName }): Promise<unknown>;
  /** @param key without it, as for `get` */
  write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, key?: KeyName): Promise<unknown>;
  /** Asks Mode what the key is, at most once a minute. @throws TargetError when that cannot be told */
  verify(key: KeyName): Promise<KeyStanding>;
  /**
   * What a refusal of the main key means, whatever its status: the key is wrong, or good and not allowed this.
   * @returns the failure to throw. @throws TargetError when Mode fails at the question
   */
  judge(error: TargetError): Promise<TargetError>;
  groupPath(groupToken: string, rest?: string): string;
  membershipPath(membershipToken: string): string;
}

export interface ModeApiOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly workspace: string;
  readonly key: Credential;
  /** The member key of an admin: Mode documents that it takes no invites from a workspace key. */
  readonly inviter: Credential | undefined;
}

export function createModeApi({ client, clock, workspace, key, inviter }: ModeApiOptions): ModeApi {
  const credentials = new Map<KeyName, Credential>([['main key', key]]);
  if (inviter !== undefined) credentials.set('inviter key', inviter);
  const spareKey = createSpareKey({ client, clock, workspace, main: key, spare: inviter });
  const verified = new Map<KeyName, { readonly standing: KeyStanding; readonly at: number }>();

  function credentialOf(name: KeyName): Credential {
    const credential = credentials.get(name);
    if (credential === undefined) throw new Error(`There is no ${name}.`);
    return credential;
  }

  /** @param since when a call was sent that Mode refused: that Mode accepted the key before then says nothing now */
  async function verify(name: KeyName, since = -Infinity): Promise<KeyStanding> {
    const known = verified.get(name);
    const stands = known !== undefined && clock.monotonic() - known.at < VERIFIED_MS;
    if (stands && (known.standing.state === 'rejected' || known.at >= since)) return known.standing;
    const at = clock.monotonic();
    const standing = await ask(name);
    verified.set(name, { standing, at });
    return standing;
  }

  async function ask(name: KeyName): Promise<KeyStanding> {
    try {
      const record = await client.call({
        method: 'GET',
        path: '/api/verify',
        credential: credentialOf(name),
      });
      return { state: 'accepted', scope: textOf(fieldsOf(record)['api_key_scope']), record };
    } catch (error) {
      if (error instanceof TargetError && error.kind === 'unauthorized')
        return { state: 'rejected', scope: null, record: undefined };
      throw error;
    }
  }

  async function call(name: KeyName, request: Omit<Call, 'credential'>): Promise<unknown> {
    const sentAt = clock.monotonic();
    try {
      return await client.call({ ...request, credential: credentialOf(name) });
    } catch (error) {
      if (!(error instanceof TargetError) || error.kind !== 'unauthorized') throw error;
      throw await explain(name, error, sentAt);
    }
  }

  async function callByAny(name: KeyName | undefined, request: Omit<Call, 'credential'>): Promise<unknown> {
    if (name !== undefined) return call(name, request);
    return spareKey.spread(request, (which) =>
      // A refusal of the spare key is not explained: the main key is asked instead.
      which === 'spare' && inviter !== undefined
        ? client.call({ ...request, credential: inviter, once: true })
        : call('main key', request),
    );
  }

  /** undefined: Mode does not say. @throws TargetError when Mode fails at the question */
  async function standingOf(name: KeyName, since?: number): Promise<KeyStanding | undefined> {
    return verify(name, since).catch((failure: unknown) => {
      // An address that is not there tells nothing about the key; a Mode that fails is to be asked again.
      if (failure instanceof TargetError && !WAITING.has(failure.kind)) return undefined;
      throw failure;
    });
  }

  /** The inviter's key says nothing about Mode as a whole: without it, other routes are left. */
  async function explain(name: KeyName, error: TargetError, since?: number): Promise<TargetError> {
    const options = { cause: error, status: error.status ?? 401 };
    const standing = await standingOf(name, since);
    if (standing?.state === 'accepted') {
      const scope = standing.scope === null ? '' : ` (scope ${standing.scope})`;
      const message = `${error.message} Mode accepts the ${name}${scope} by itself: ${LACKS} for this.`;
      return new TargetError('forbidden', message, options);
    }
    const message = `${error.message} Mode does not accept the ${name}: check ${SETTINGS[name]}.`;
    return new TargetError(name === 'main key' ? 'unauthorized' : 'forbidden', message, options);
  }

  return {
    workspace,
    keys: [...credentials.keys()],
    get perSecond() {
      return spareKey.perSecond;
    },
    get: (path, { accept, key: name } = {}) =>
      callByAny(name, { method: 'GET', path, ...(accept === undefined ? {} : { accept }) }),
    write: (method, path, body, name) =>
      callByAny(name, { method, path, ...(body === undefined ? {} : { body }) }),
    verify: (name) => verify(name),
    judge: async (error) => {
      const told = error.message.includes(LACKS);
      return told || (await standingOf('main key')) === undefined ? error : explain('main key', error);
    },
    groupPath: (groupToken, rest = '') => `/api/${workspace}/groups/${encodeURIComponent(groupToken)}${rest}`,
    membershipPath: (membershipToken) =>
      `/api/${workspace}/memberships/${encodeURIComponent(membershipToken)}`,
  };
}
