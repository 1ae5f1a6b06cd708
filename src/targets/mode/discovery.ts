/**
 * Mode's Discovery API, which only some plans have. It returns membership tokens that no other list has, and when people
 * were last active. It needs a signature token, which is created only for a real step or for people's activity in the feed,
 * and is revoked as soon as the members are read.
 */
import type { Clock } from '../../clock.ts';
import type { Activity } from '../../provisioning/model/activity.ts';
import type { CapabilityBook } from '../../provisioning/capability/capability-book.ts';
import { TargetError } from '../../provisioning/ports/target.ts';
import type { Client } from './client/client.ts';
import { fieldsOf, textOf, totalPagesOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';
import { ROUTE, tryRoutes } from './mode-routes.ts';
import { shareReads } from './client/shared-read.ts';

const PAGE = 1_000;
const MAX_PAGES = 1_000;
/** Much longer than a read takes. It matters only when the token could not be revoked. */
const SIGNATURE_MS = 60 * 60_000;
/** How long the result of one read is used. */
const LIST_TTL_MS = 10 * 60_000;
const NAME = 'mode-scim-bridge';

export interface Discovery {
  /** @returns null when the account is not listed, or the plan has no Discovery API @throws TargetError */
  membershipId(accountId: string): Promise<string | null>;
  /** Activity of all members, including former ones. @throws TargetError forbidden when the plan has no Discovery API */
  activity(): Promise<readonly Activity[]>;
}

interface Signature {
  /** Names the signature token when it is revoked. */
  readonly token: string;
  readonly bearer: string;
}

interface Listed {
  readonly tokens: ReadonlyMap<string, string>;
  readonly activity: readonly Activity[];
}

export function createDiscovery(client: Client, api: ModeApi, book: CapabilityBook, clock: Clock): Discovery {
  const base = `/batch/${api.workspace}`;
  let listed: { readonly people: Listed; readonly at: number } | undefined;

  async function sign(): Promise<Signature> {
    const expires = `${new Date(clock.now() + SIGNATURE_MS).toISOString().slice(0, 16)}Z`;
    const scope = { authentication_for: 'batch-api', authorization_type: 'read-only' };
    const answer = await api.write('POST', `${base}/signature_tokens`, {
      signature_token: { name: NAME, expires_at: expires, auth_scope: scope },
    });
    const [token, key, secret] = ['token', 'access_key', 'access_secret'].map((name) =>
      textOf(fieldsOf(answer)[name]),
    );
    if (token == null || key == null || secret == null) {
      throw new TargetError('refused', 'Mode returned no usable signature token.');
    }
    return { token, bearer: Buffer.from([token, key, secret].join(':')).toString('base64') };
  }

  /** When revoking fails, the signature token still expires within an hour. */
  async function revoke({ token }: Signature): Promise<void> {
    const path = `${base}/signature_tokens/${encodeURIComponent(token)}`;
    await api.write('DELETE', path).catch((error: unknown) => {
      if (!(error instanceof TargetError)) throw error;
    });
  }

  async function read(): Promise<Listed> {
    const signature = await sign();
    try {
      return await readPages(signature);
    } finally {
      await revoke(signature);
    }
  }

  async function readPages({ bearer }: Signature): Promise<Listed> {
    const tokens = new Map<string, string>();
    const activity = new Map<string, Activity>();
    let before = '';
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const path = `${base}/members?per_page=${PAGE}&page=${page}`;
      const body = await client.call({ method: 'GET', path, credential: { bearer } });
      const rows = fieldsOf(body)['members'];
      if (!Array.isArray(rows))
        throw new TargetError('unavailable', "The Discovery API's response has no list of members.");
      const text = JSON.stringify(rows);
      if (rows.length === 0 || text === before) break;
      before = text;
      for (const row of rows) {
        const [account, membership] = [fieldsOf(row)['member_token'], fieldsOf(row)['token']].map(textOf);
        if (account == null) continue;
        if (membership != null) tokens.set(account, membership);
        activity.set(account, activityOf(account, row));
      }
      if (page >= (totalPagesOf(body) ?? MAX_PAGES)) break;
    }
    return { tokens, activity: [...activity.values()] };
  }

  function cached(): Listed | undefined {
    return listed !== undefined && clock.monotonic() - listed.at < LIST_TTL_MS ? listed.people : undefined;
  }

  const readNow = shareReads(async (): Promise<Listed> => {
    const at = clock.monotonic();
    const people = await tryRoutes(book, {
      capability: 'discovery',
      attempts: { [ROUTE.signature]: read },
      alsoRefusals: ({ kind }) => kind !== 'unavailable' && kind !== 'rate_limited',
    });
    listed = { people, at };
    return people;
  });

  return {
    membershipId: async (accountId) => {
      // An account that is missing from the cached list may have joined since.
      const known = cached()?.tokens.get(accountId);
      if (known !== undefined) return known;
      try {
        return (await readNow()).tokens.get(accountId) ?? null;
      } catch (error) {
        if (error instanceof TargetError && error.kind === 'forbidden') return null;
        throw error;
      }
    },
    activity: async () => (cached() ?? (await readNow())).activity,
  };
}

/** The latest of all activity times: reports that the person viewed or ran, and days of use. */
function activityOf(accountId: string, row: unknown): Activity {
  const fields = fieldsOf(row);
  const last = Object.keys(fields)
    .filter((name) => /^last_(report_\w+_at|day_engaged)$/.test(name))
    .map((name) => instantOf(fields[name]) ?? -Infinity);
  const newest = Math.max(-Infinity, ...last);
  return {
    accountId,
    activatedAt: instantOf(fields['activated_at']),
    lastActiveAt: Number.isFinite(newest) ? newest : null,
  };
}

function instantOf(value: unknown): number | null {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? null : at;
}
