/** `requests list`, `requests tail` */
import { viewRequest, type RequestView } from '../admin/request-view.ts';
import { BridgeError } from '../errors.ts';
import { MAX_REQUESTS, type RequestFilter } from '../operators/requests.ts';
import { printTable } from './print-table.ts';
import { untilStopped } from './until-stopped.ts';
import { useBridge, type WorkspaceOption } from './use-bridge.ts';

/** The widths of columns for lines that arrive one by one. */
const WIDTHS = [24, 20, 12, 7, 20, 6, 9];
const HEADER = ['time', 'connection', 'client', 'method', 'route', 'status', 'ms', 'about'];

interface RequestOptions extends WorkspaceOption, RequestFilter {
  readonly limit: string;
  readonly json?: boolean;
}

export async function listRequests(options: RequestOptions & { readonly cursor?: string }): Promise<void> {
  const { workspace, limit: limitText, json, cursor, ...filter } = options;
  const limit = parseLimit(limitText);
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const page = await operators.requests.list(slug, filter, { limit, cursor });
    const requests = page.requests.map(viewRequest);
    if (json === true) {
      console.log(JSON.stringify({ requests, next_cursor: page.nextCursor }, undefined, 2));
      return;
    }
    if (requests.length === 0) console.log('No request of this kind is in the log.');
    else printTable(HEADER, requests.map(cells));
    if (page.nextCursor !== null) console.log(`Older ones: --cursor ${page.nextCursor}`);
  });
}

/** With --json, each request is one line. */
export async function tailRequests(options: RequestOptions): Promise<void> {
  const { workspace, limit: limitText, json, ...filter } = options;
  const limit = parseLimit(limitText);
  const stopping = new AbortController();
  void untilStopped().then(() => {
    stopping.abort();
  });
  await useBridge(async ({ operators }) => {
    const slug = await operators.connections.workspace(workspace);
    const { signal } = stopping;
    if (json !== true) console.log(line(HEADER));
    for await (const request of operators.requests.follow(slug, filter, { limit, signal })) {
      const view = viewRequest(request);
      console.log(json === true ? JSON.stringify(view) : line(cells(view)));
    }
  });
}

function line(texts: readonly string[]): string {
  return texts
    .map((text, column) => text.padEnd(WIDTHS[column] ?? 0))
    .join('  ')
    .trimEnd();
}

function cells(request: RequestView): string[] {
  const { at, connection, client_profile: client, method, route, status, duration_ms: ms } = request;
  const answer = status === null ? 'closed' : String(status);
  const who = connection ?? (request.workspace === null ? 'no valid token' : 'a reader');
  return [at, who, client ?? '-', method, route, answer, ms.toFixed(1), about(request)];
}

/** A short description of the request. */
function about(request: RequestView): string {
  const { resource_ids: ids, unknown_attributes: unknown, operations, filter, scim_type: type } = request;
  const kinds = Object.entries(operations).map(([kind, count]) => `${count} ${kind}`);
  const clauses = filter.map(({ attribute, operator }) => `${attribute ?? 'unknown'} ${operator} ...`);
  return [
    ...(type === null ? [] : [type]),
    ...(ids.length > 1 ? [`${ids.length} resources`] : ids),
    kinds.join(', '),
    // The URN of an extension would be too long for a line.
    request.attributes.map((name) => name.slice(name.lastIndexOf(':') + 1)).join(', '),
    unknown === 0 ? '' : `unknown attributes: ${unknown}`,
    clauses.join(', '),
  ]
    .filter((text) => text !== '')
    .join('; ');
}

function parseLimit(text: string): number {
  const limit = Number(text);
  if (/^\d+$/.test(text) && limit >= 1 && limit <= MAX_REQUESTS) return limit;
  throw new BridgeError('invalid_value', `--limit expects a number from 1 to ${MAX_REQUESTS}.`);
}
