/**
 * Mode's Discovery API, which some plans have: it tells the memberships' tokens that no list tells, and when people were
 * last active. It wants a token of its own, which is made only when a real step needs it, or when the feed is to tell
 * people's activity.
 */
import type { Clock } from '../../clock.ts';
import type { Activity } from '../../provisioning/activity.ts';
import type { CapabilityBook } from '../../provisioning/capability-book.ts';
import { TargetError } from '../../provisioning/target.ts';
import type { Client } from './client.ts';
import { fieldsOf, textOf, totalPagesOf } from './mode-json.ts';
import type { ModeApi } from './mode-api.ts';
import { ROUTE, serve } from './mode-routes.ts';

const PAGE = 1_000;
const MAX_PAGES = 1_000;
const SIGNATURE_MS = 24 * 60 * 60_000;
/** How long one read of everybody is looked into. */
const LIST_STANDS_MS = 10 * 60_000;
const NAME = 'mode-scim-bridge';

export interface Discovery {
  /** @returns null when the account is not listed there, or Mode does not offer it. @throws TargetError */
  membershipToken(memberToken: string): Promise<string | null>;
  /** Of everybody on record, former members too. @throws TargetError forbidden when Mode does not offer it */
  activity(): Promise<readonly Activity[]>;
}

interface Listed {
  readonly tokens: ReadonlyMap<string, string>;
  readonly activity: readonly Activity[];
}

export function createDiscovery(client: Client, api: ModeApi, book: CapabilityBook, clock: Clock): Discovery {
  const base = `/batch/${api.workspace}`;
  let signature: { readonly bearer: string; readonly until: number } | undefined;
  let listed: { readonly people: Listed; readonly at: number } | undefined;

  async function bearer(): Promise<string> {
    if (signature !== undefined && clock.monotonic() < signature.until) return signature.bearer;
    const began = clock.monotonic();
    const expires = `${new Date(clock.now() + SIGNATURE_MS).toISOString().slice(0, 16)}Z`;
    const scope = { authentication_for: 'batch-api', authorization_type: 'read-only' };
    const answer = await api.write('POST', `${base}/signature_tokens`, {
      signature_token: { name: NAME, expires_at: expires, auth_scope: scope },
    });
    const parts = ['token', 'access_key', 'access_secret'].map((name) => textOf(fieldsOf(answer)[name]));
    if (parts.includes(null)) throw new TargetError('refused', 'Mode gave no usable signature token.');
    // Given up some time before it ends.
    signature = {
      bearer: Buffer.from(parts.join(':')).toString('base64'),
      until: began + SIGNATURE_MS - LIST_STANDS_MS,
    };
    return signature.bearer;
  }

  async function read(): Promise<Listed> {
    const tokens = new Map<string, string>();
    const activity = new Map<string, Activity>();
    let before = '';
    for (let page = 1; page <= MAX_PAGES; page += 1) {
      const path = `${base}/members?per_page=${PAGE}&page=${page}`;
      const body = await client.call({ method: 'GET', path, credential: { bearer: await bearer() } });
      const rows = fieldsOf(body)['members'];
      if (!Array.isArray(rows)) throw new TargetError('unavailable', 'Mode has no list of members there.');
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

  async function list(): Promise<Listed> {
    if (listed !== undefined && clock.monotonic() - listed.at < LIST_STANDS_MS) return listed.people;
    const people = await serve(book, {
      capability: 'discovery',
      by: { [ROUTE.signature]: read },
      alsoRefusals: ({ kind }) => kind !== 'unavailable' && kind !== 'rate_limited',
    });
    listed = { people, at: clock.monotonic() };
    return people;
  }

  return {
    membershipToken: async (memberToken) => {
      try {
        return (await list()).tokens.get(memberToken) ?? null;
      } catch (error) {
        if (error instanceof TargetError && error.kind === 'forbidden') return null;
        throw error;
      }
    },
    activity: async () => (await list()).activity,
  };
}

/** The newest of all that Mode says somebody did last: reports that they looked at or ran, and days of use. */
function activityOf(memberToken: string, row: unknown): Activity {
  const fields = fieldsOf(row);
  const last = Object.keys(fields)
    .filter((name) => /^last_(report_\w+_at|day_engaged)$/.test(name))
    .map((name) => instantOf(fields[name]) ?? -Infinity);
  const newest = Math.max(-Infinity, ...last);
  return {
    memberToken,
    activatedAt: instantOf(fields['activated_at']),
    lastActiveAt: Number.isFinite(newest) ? newest : null,
  };
}

function instantOf(value: unknown): number | null {
  const at = Date.parse(textOf(value) ?? '');
  return Number.isNaN(at) ? null : at;
}
