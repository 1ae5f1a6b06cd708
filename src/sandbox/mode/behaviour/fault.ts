/** What can be ordered to go wrong: which calls meet it, and what is answered instead. */
import { Type, type Static } from 'typebox';

const exact = { additionalProperties: false } as const;

export const Fault = Type.Object(
  {
    for_requests: Type.Optional(
      Type.Integer({
        minimum: 1,
        maximum: 1_000_000,
        description: 'The fault is over after this number of calls',
      }),
    ),
    for_seconds: Type.Optional(
      Type.Number({
        exclusiveMinimum: 0,
        maximum: 31_536_000,
        description: 'The fault is over after this time; it is kept as `until`',
      }),
    ),
    until: Type.Optional(
      Type.String({ format: 'date-time', description: 'The fault is over at this instant (ISO 8601)' }),
    ),
    after_requests: Type.Optional(
      Type.Integer({
        minimum: 0,
        maximum: 1_000_000,
        description: 'So many calls of the kind go well before',
      }),
    ),
    method: Type.Optional(Type.String({ maxLength: 16 })),
    path: Type.Optional(Type.String({ maxLength: 2_048, description: 'Beginning of the path' })),
    route: Type.Optional(
      Type.String({ maxLength: 2_048, description: 'As counted, e.g. "GET /api/acme/groups/:group"' }),
    ),
    credential: Type.Optional(Type.Enum(['main', 'inviter', 'none', 'unknown'])),
    status: Type.Optional(
      Type.Integer({
        minimum: 200,
        maximum: 599,
        description: '500 when not given; the real one when the body is made of the real one',
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
          description: 'truncated, wrong_types, empty_list, short_list and real are made of the real answer',
        },
      ),
    ),
    text: Type.Optional(Type.String({ maxLength: 100_000, description: 'This as the body, instead' })),
    content_type: Type.Optional(Type.String({ maxLength: 200 })),
    retry_after: Type.Optional(
      Type.Union([
        Type.Integer({ minimum: 0, description: 'Seconds' }),
        Type.String({ maxLength: 200, description: 'As it is, such as a date' }),
      ]),
    ),
    redirect: Type.Optional(
      Type.String({
        maxLength: 2_048,
        description:
          'Where to: "same" (this address again), "other" (this address under another origin), or an address',
      }),
    ),
    connection: Type.Optional(
      Type.Enum(['slow', 'reset', 'reset_midway', 'hang'], {
        description:
          'The answer drips; the socket dies without one, or in the middle of one; nothing ever comes',
      }),
    ),
    slow_ms: Type.Optional(
      Type.Integer({ minimum: 1, maximum: 60_000, description: 'Between two bytes of a slow answer; 50' }),
    ),
    applied: Type.Optional(
      Type.Boolean({ description: 'Carry the call out nevertheless: its answer is lost' }),
    ),
  },
  exact,
);
export type Fault = Static<typeof Fault>;

/** A fault that was ordered for some seconds ends at an instant. Pure. @param now milliseconds since the epoch */
export function startFault({ for_seconds: seconds, ...fault }: Fault, now: number): Fault {
  return seconds === undefined ? fault : { ...fault, until: new Date(now + seconds * 1_000).toISOString() };
}

export function isOver({ until }: Fault, now: number): boolean {
  return until !== undefined && now >= Date.parse(until);
}

type Body = NonNullable<Fault['body']> | 'text';

const OF_THE_REAL_ANSWER: ReadonlySet<Body> = new Set([
  'truncated',
  'wrong_types',
  'empty_list',
  'short_list',
  'real',
]);

/** What the body is made of, when the order does not say: a bad connection alone spoils the real answer. */
export function bodyOf({ body, text, redirect, status, connection }: Fault): Body {
  if (text !== undefined) return 'text';
  if (body !== undefined) return body;
  if (redirect !== undefined) return 'empty';
  const cutsOff = connection === 'slow' || connection === 'reset_midway';
  return cutsOff && status === undefined ? 'real' : 'json';
}

/** @returns undefined: the one of the real answer */
export function statusOf(fault: Fault): number | undefined {
  const body = bodyOf(fault);
  if (fault.status !== undefined || OF_THE_REAL_ANSWER.has(body)) return fault.status;
  if (fault.redirect !== undefined) return 307;
  return body === 'login_page' ? 200 : 500;
}

/** Whether the call is carried out although its answer will be another one. */
export function carriesOut(fault: Fault): boolean {
  return fault.applied === true || OF_THE_REAL_ANSWER.has(bodyOf(fault));
}
