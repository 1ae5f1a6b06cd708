/**
 * Mode's Discovery API, which some plans have: it tells the memberships' tokens that no list tells. It wants a token
 * of its own, which is made only when a real step needs it.
 */
import type { Clock } from '../../clock.ts';
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
}

export function createDiscovery(client: Client, api: ModeApi, book: CapabilityBook, clock: Clock): Discovery {
  const base = `/batch/${api.workspace}`;
  let signature: { readonly bearer: string; readonly until: number } | undefined;
  let listed: { readonly tokens: ReadonlyMap<string, string>; readonly at: number } | undefined;

  async function bearer(): Promise<string> {
    if (signature !== undefined && clock.now() < signature.until) return signature.bearer;
    const until = clock.now() + SIGNATURE_MS;
    const expires = `${new Date(until).toISOString().slice(0, 16)}Z`;
    const scope = { authentication_for: 'batch-api', authorization_type: 'read-only' };
    const answer = await api.write('POST', `${base}/signature_tokens`, {
      signature_token: { name: NAME, expires_at: expires, auth_scope: scope },
    });
    const parts = ['token', 'access_key', 'access_secret'].map((name) => textOf(fieldsOf(answer)[name]));
    if (parts.includes(null)) throw new TargetError('refused', 'Mode gave no usable signature token.');
    // Given up some time before it ends.
    signature = { bearer: Buffer.from(parts.join(':')).toString('base64'), until: until - LIST_STANDS_MS };
    return signature.bearer;
  }

  async function read(): Promise<ReadonlyMap<string, string>> {
    const tokens = new Map<string, string>();
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
        if (account != null && membership != null) tokens.set(account, membership);
      }
      if (page >= (totalPagesOf(body) ?? MAX_PAGES)) break;
    }
    return tokens;
  }

  return {
    membershipToken: async (memberToken) => {
      if (listed === undefined || clock.now() - listed.at >= LIST_STANDS_MS) {
        try {
          const tokens = await serve(book, {
            capability: 'discovery',
            by: { [ROUTE.signature]: read },
            alsoRefusals: ({ kind }) => kind !== 'unavailable' && kind !== 'rate_limited',
          });
          listed = { tokens, at: clock.now() };
        } catch (error) {
          if (error instanceof TargetError && error.kind === 'forbidden') return null;
          throw error;
        }
      }
      return listed.tokens.get(memberToken) ?? null;
    },
  };
}
