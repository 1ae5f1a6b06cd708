/** What a recording of an IdP's traffic may say (test/idp/README.md). The bridge writes such files, and plays them. */
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { BridgeError } from '../errors.ts';

const exact = { additionalProperties: false } as const;
const Emails = Type.Array(Type.String());
const Headers = Type.Optional(Type.Record(Type.String(), Type.String()));
const note = Type.Optional(Type.String());

const RequestStep = Type.Object(
  {
    note,
    request: Type.Object(
      { method: Type.String(), path: Type.String(), headers: Headers, body: Type.Optional(Type.Unknown()) },
      exact,
    ),
    expect: Type.Object(
      { status: Type.Integer(), body: Type.Optional(Type.Unknown()), headers: Headers },
      exact,
    ),
    capture: Type.Optional(Type.Record(Type.String(), Type.String())),
  },
  exact,
);
export type RequestStep = Static<typeof RequestStep>;

const Person = Type.Object({ email: Type.String(), state: Type.String(), admin: Type.Boolean() }, exact);
const Groups = Type.Array(Type.Object({ name: Type.String(), members: Emails }, exact));
const Mode = Type.Object(
  { note, mode: Type.Object({ members: Type.Array(Person), groups: Groups }, exact) },
  exact,
);
const Feed = Type.Object(
  { note, feed: Type.Object({ accounts: Type.Array(Person), groups: Groups }, exact) },
  exact,
);

/** Events other than requests: time, people in Mode, failures of Mode, and restarts of the bridge. */
const Happening = Type.Union([
  Type.Object({ note, pass: Type.Object({ seconds: Type.Number() }, exact) }, exact),
  Type.Object({ note, jump: Type.Object({ seconds: Type.Number() }, exact) }, exact),
  Type.Object({ note, edit: Type.Object({ action: Type.String() }) }, exact),
  Type.Object(
    { note, accept: Type.Object({ emails: Emails, old: Type.Optional(Type.Boolean()) }, exact) },
    exact,
  ),
  Type.Object({ note, faults: Type.Array(Type.Object({})) }, exact),
  Type.Object({ note, bridge: Type.Enum(['restart', 'kill']) }, exact),
  Type.Object({ note, connection: Type.Enum(['live', 'shadow', 'paused']) }, exact),
  Type.Object({ note, drift: Type.Enum(['report', 'enforce']) }, exact),
  Type.Object({ note, holds: Type.Enum(['approve', 'reject']) }, exact),
]);
export type Happening = Static<typeof Happening>;

const Recording = Type.Object(
  {
    client: Type.String(),
    name: Type.String(),
    description: Type.String(),
    /** The simulated Mode's state at the beginning. */
    seed: Type.Optional(Type.Unknown()),
    /** The simulated Mode's settings, in addition to the profile. */
    sandbox: Type.Optional(Type.Object({})),
    /** Headers of every request. */
    headers: Headers,
    steps: Type.Array(Type.Union([RequestStep, Mode, Feed, Happening]), { minItems: 1 }),
  },
  exact,
);
export type Recording = Static<typeof Recording>;

const MAX_PROBLEMS = 10;

/** @throws BridgeError invalid_value that names the file and what is wrong with it */
export function parseRecording(file: string, text: string): Recording {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new BridgeError('invalid_value', `${file} is not JSON.`);
  }
  if (Value.Check(Recording, value)) return value;
  const problems = Value.Errors(Recording, value).map((error) => `${error.instancePath}: ${error.message}`);
  throw new BridgeError(
    'invalid_value',
    `${file} is not a recording:\n  ${problems.slice(0, MAX_PROBLEMS).join('\n  ')}`,
  );
}
