/** How Mode can fail for a while in a story. */
import type { Fault } from '../../src/sandbox/mode/behaviour/fault.ts';

export const FAULTS: readonly Fault[] = [
  { for_requests: 1_000_000, status: 503 },
  { for_requests: 1_000_000, status: 429, retry_after: 7 },
  { for_requests: 1_000_000, status: 200, body: 'login_page' },
  { for_requests: 1_000_000, connection: 'reset' },
  { for_requests: 3, applied: true, connection: 'reset' },
  { for_requests: 2, applied: true, status: 502, body: 'html' },
  { for_requests: 1_000_000, method: 'GET', body: 'empty_list' },
  { for_requests: 1_000_000, method: 'GET', body: 'short_list' },
  { for_requests: 5, method: 'GET', body: 'truncated' },
  { for_requests: 1_000_000, method: 'POST', status: 500 },
  { for_requests: 1_000_000, method: 'DELETE', status: 500 },
  { for_requests: 1_000_000, connection: 'hang' },
  { for_requests: 1_000_000, method: 'POST', applied: true, connection: 'hang' },
];
