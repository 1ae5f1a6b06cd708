/** Faults that a test can add: which calls they match, and what these calls get instead of the real response. */
import { Type, type Static } from 'typebox';
import { CREDENTIAL_NAMES } from './traffic.ts';

const exact = { additionalProperties: false } as const;

export const Fault = Type.Object(
  {
    for_requests: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'The fault ends after this number of calls',
      }),
    ),
    for_seconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 31_536_000,
        description: 'The fault ends after this time; it is stored as `until`',
      }),
    ),
    until: Type.Optional(
      Type.String({ format: 'date-time', description: 'The fault ends at this time (ISO 8601)' }),
    ),
    after_requests: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'The fault starts after this number of matching calls',
      }),
    ),
    method: Type.Optional(Type.String({ maxLength: 16 })),
    path: Type.Optional(Type.String({ maxLength: 2_048, description: 'Prefix of the path' })),
    route: Type.Optional(
      Type.String({ maxLength: 2_048, description: 'As in the counts, e.g. "GET /api/acme/groups/:group"' }),
    ),
    credential: Type.Optional(Type.Enum(CREDENTIAL_NAMES)),
    status: Type.Optional(
      Type.Integer({
        minimum: 200,
        maximum: 599,
        description: 'Default 500, or the real status when the body is based on the real response',
      }),
    ),
    body: Type.Optional(
      Type.Enum(
        [
          'json',
          'html',
          'login_page',
          'empty',
          'truncated',
          'wrong_types',
          'empty_list',
          'short_list',
          'real',
        ],
        {
          description:
            'truncated, wrong_types, empty_list, short_list and real are based on the real response',
        },
      ),
    ),
    text: Type.Optional(Type.String({ maxLength: 100_000, description: 'The body, instead of `body`' })),
    content_type: Type.Optional(Type.String({ maxLength: 200 })),
    retry_after: Type.Optional(
      Type.Union([
        Type.Integer({ minimum: 0, description: 'Seconds' }),
        Type.String({ maxLength: 200, description: 'Sent unchanged, such as a date' }),
      ]),
    ),
    redirect: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description: 'Target: "same" (this URL), "other" (this URL under another origin), or a URL',
      }),
    ),
    connection: Type.Optional(
      Type.Enum(['slow', 'reset', 'reset_midway', 'hang'], {
        description:
          'slow: sends the response byte by byte; reset: resets the connection without a response; reset_midway: in the middle of the response; hang: never responds',
      }),
    ),
    slow_ms: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 60_000,
        description: 'Pause between two bytes of a slow response; default 50',
      }),
    ),
    applied: Type.Optional(Type.Boolean({ description: 'Apply the call although its response is replaced' })),
  },
  exact,
);
export type Fault = Static<typeof Fault>;

/** Replaces `for_seconds` with `until`. Pure. @param now milliseconds since the epoch */
export function startFault({ for_seconds: seconds, ...fault }: Fault, now: number): Fault {
  return seconds === undefined ? fault : { ...fault, until: new Date(now + seconds * 1_000).toISOString() };
}

export function isOver({ until }: Fault, now: number): boolean {
  return until !== undefined && now >= Date.parse(until);
}

type Body = NonNullable<Fault['body']> | 'text';

const FROM_REAL_RESPONSE: ReadonlySet<Body> = new Set([
  'truncated',
  'wrong_types',
  'empty_list',
  'short_list',
  'real',
]);

/** The kind of body. By default a slow or cut connection without a status sends the real response. */
export function bodyOf({ body, text, redirect, status, connection }: Fault): Body {
  if (text !== undefined) return 'text';
  if (body !== undefined) return body;
  if (redirect !== undefined) return 'empty';
  const cutsOff = connection === 'slow' || connection === 'reset_midway';
  return cutsOff && status === undefined ? 'real' : 'json';
}

/** @returns undefined to keep the status of the real response */
export function statusOf(fault: Fault): number | undefined {
  const body = bodyOf(fault);
  if (fault.status !== undefined || FROM_REAL_RESPONSE.has(body)) return fault.status;
  if (fault.redirect !== undefined) return 307;
  return body === 'login_page' ? 200 : 500;
}

/** Whether the call is applied although its response is replaced. */
export function isApplied(fault: Fault): boolean {
  return fault.applied === true || FROM_REAL_RESPONSE.has(bodyOf(fault));
}
