/**
 * Calls for one workspace, each with one of the bridge's keys. After a 401 the bridge verifies the key with Mode before it
 * reports an error: the key may be invalid, or valid but without the privilege for this call.
 */
import type { Clock } from '../../clock.ts';
import { TargetError, type TargetErrorKind } from '../../provisioning/ports/target.ts';
import type { Call, Client, Credential } from './client/client.ts';
import { fieldsOf, textOf } from './mode-json.ts';
import { createSpareKey } from './client/spare-key.ts';

/** How long the result of a key check is used. */
const VERIFY_TTL_MS = 60_000;

export type KeyName = 'main key' | 'inviter key';

const WAITING: ReadonlySet<TargetErrorKind> = new Set(['unavailable', 'rate_limited']);
const SETTINGS: Readonly<Record<KeyName, string>> = {
  'main key': 'MODE_API_KEY and MODE_API_SECRET (in a configuration file: mode.api_key and mode.api_secret)',
  'inviter key':
    'MODE_INVITER_KEY and MODE_INVITER_SECRET (in a configuration file: mode.inviter_key and mode.inviter_secret)',
};

/** The result of a key check (`/api/verify`). */
export interface KeyStanding {
  readonly state: 'accepted' | 'rejected';
  /** Such as `workspace` or `member`; null when missing. */
  readonly scope: string | null;
  /** The response body, with a link to the key's record; undefined when rejected. */
  readonly record: unknown;
}

export interface ModeApi {
  readonly workspace: string;
  readonly keys: readonly KeyName[];
  /** Calls per second that all keys can sustain now. */
  readonly perSecond: number;
  /** @param options without `key`, the call uses the key that is free first */
  get(path: string, options?: { readonly accept?: string; readonly key?: KeyName }): Promise<unknown>;
  /** @param key default: as for `get` */
  write(method: 'POST' | 'PATCH' | 'DELETE', path: string, body?: object, key?: KeyName): Promise<unknown>;
  /** Checks the key with Mode, at most once a minute. @throws TargetError when the check fails */
  verify(key: KeyName): Promise<KeyStanding>;
  /**
   * Explains a refusal of the main key, whatever its status: the key is invalid, or valid but without the privilege.
   * @returns the error to throw @throws TargetError when the key check fails
   */
  judge(error: TargetError): Promise<TargetError>;
  groupPath(targetGroupId: string, rest?: string): string;
  membershipPath(membershipId: string): string;
}

export interface ModeApiOptions {
  readonly client: Client;
  readonly clock: Clock;
  readonly workspace: string;
  readonly key: Credential;
  /** The member key of an admin. Mode documents that a workspace key cannot invite. */
  readonly inviter: Credential | undefined;
}

export function createModeApi({ client, clock, workspace, key, inviter }: ModeApiOptions): ModeApi {
  const credentials = new Map<KeyName, Credential>([['main key', key]]);
  if (inviter !== undefined) credentials.set('inviter key', inviter);
  const spareKey = createSpareKey({ client, clock, workspace, main: key, spare: inviter });
  /** Errors that already explain what the key may do. */
  const explained = new WeakSet<TargetError>();
  const verified = new Map<KeyName, { readonly standing: KeyStanding; readonly at: number }>();

  function credentialOf(name: KeyName): Credential {
    const credential = credentials.get(name);
    if (credential === undefined) throw new Error(`No ${name} is configured.`);
    return credential;
  }

  /** @param since when the refused call was sent; an `accepted` from before that time is not used */
  async function verify(name: KeyName, since = -Infinity): Promise<KeyStanding> {
    const known = verified.get(name);
    const isFresh = known !== undefined && clock.monotonic() - known.at < VERIFY_TTL_MS;
    if (isFresh && (known.standing.state === 'rejected' || known.at >= since)) return known.standing;
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

  async function callWithAnyKey(
    name: KeyName | undefined,
    request: Omit<Call, 'credential'>,
  ): Promise<unknown> {
    if (name !== undefined) return call(name, request);
    return spareKey.spread(request, (which) =>
      // A refusal of the spare key needs no explanation: the main key is used instead.
      which === 'spare' && inviter !== undefined
        ? client.call({ ...request, credential: inviter, once: true })
        : call('main key', request),
    );
  }

  /** @returns undefined when Mode cannot check keys @throws TargetError when the check fails temporarily */
  async function standingOf(name: KeyName, since?: number): Promise<KeyStanding | undefined> {
    return verify(name, since).catch((failure: unknown) => {
      // A missing endpoint says nothing about the key. After a temporary failure the check must be repeated.
      if (failure instanceof TargetError && !WAITING.has(failure.kind)) return undefined;
      throw failure;
    });
  }

  function remember(error: TargetError): TargetError {
    explained.add(error);
    return error;
  }

  /** An invalid inviter key is `forbidden` and not `unauthorized`, because the other routes still work. */
  async function explain(name: KeyName, error: TargetError, since?: number): Promise<TargetError> {
    const options = { cause: error, status: error.status ?? 401 };
    const standing = await standingOf(name, since);
    if (standing?.state === 'accepted') {
      const scope = standing.scope === null ? '' : ` (scope ${standing.scope})`;
      const message = `${error.message} Mode accepts the ${name}${scope}, but it lacks the privilege for this call.`;
      return remember(new TargetError('forbidden', message, options));
    }
    const message = `${error.message} Mode does not accept the ${name}: check ${SETTINGS[name]}.`;
    return remember(new TargetError(name === 'main key' ? 'unauthorized' : 'forbidden', message, options));
  }

  return {
    workspace,
    keys: [...credentials.keys()],
    get perSecond() {
      return spareKey.perSecond;
    },
    get: (path, { accept, key: name } = {}) =>
      callWithAnyKey(name, { method: 'GET', path, ...(accept === undefined ? {} : { accept }) }),
    write: (method, path, body, name) =>
      callWithAnyKey(name, { method, path, ...(body === undefined ? {} : { body }) }),
    verify: (name) => verify(name),
    judge: async (error) => {
      return explained.has(error) || (await standingOf('main key')) === undefined
        ? error
        : explain('main key', error);
    },
    groupPath: (targetGroupId, rest = '') =>
      `/api/${workspace}/groups/${encodeURIComponent(targetGroupId)}${rest}`,
    membershipPath: (membershipId) => `/api/${workspace}/memberships/${encodeURIComponent(membershipId)}`,
  };
}
