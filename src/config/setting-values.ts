/**
 * Parses the texts of settings. Each reader throws BridgeError invalid_config. The message says what is expected and
 * never repeats the text, which may be a secret.
 */
import { createPrivateKey, type KeyObject } from 'node:crypto';
import { Type, type TSchema } from 'typebox';
import { CONNECTION_NAME } from '../directory/access/connection.ts';
import { readPins } from '../directory/access/read-pins.ts';
import { ANSWER_SHAPES, IDP_PROFILES, type Pins } from '../directory/access/idp-profile.ts';
import { BridgeError } from '../errors.ts';

const MIN_RSA_BITS = 2_048;
const MIN_TOKEN_LENGTH = 16;
const SLUG = /^[A-Za-z0-9_-]{1,128}$/;

/** Reads the text of a setting. `schema` is the form of the same value in the configuration file, for editors. */
export interface ValueReader<T> {
  (text: string): T;
  readonly schema: TSchema;
}

function reader<T>(schema: TSchema, read: (text: string) => T): ValueReader<T> {
  return Object.assign((text: string) => read(text), { schema });
}

export const text = reader(Type.String(), (value): string => {
  return value;
});

export const port = reader(Type.Integer({ minimum: 0, maximum: 65_535 }), (value): number => {
  const number = Number(value);
  if (!/^\d+$/.test(value) || number > 65_535)
    throw invalid('expects a port from 0 to 65535 (0: any free one)');
  return number;
});

export const url = reader(Type.String({ format: 'uri' }), (value): string => {
  const parsed = URL.parse(value);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw invalid('expects an http or https URL');
  // Credentials here would be shown wherever the address is; paths are appended, so a query would break every call.
  if (parsed.username !== '' || parsed.password !== '')
    throw invalid('expects a URL without a user and password: credentials have settings of their own');
  if (parsed.search !== '' || parsed.hash !== '')
    throw invalid('expects a URL without a query (?) and without a fragment (#)');
  let end = value.length;
  while (value[end - 1] === '/') end -= 1;
  return value.slice(0, end);
});

/** May have a query, where some services have their secret. */
export const webhookUrl = reader(Type.String({ format: 'uri' }), (value): string => {
  const parsed = URL.parse(value);
  if (parsed === null || !/^https?:$/.test(parsed.protocol)) throw invalid('expects an http or https URL');
  if (parsed.username !== '' || parsed.password !== '' || parsed.hash !== '')
    throw invalid('expects a URL without a user, a password and a fragment (#)');
  return value;
});

export const webhookSecret = reader(Type.String(), (value): string => {
  const [, base64] = /^whsec_([A-Za-z0-9+/]+={0,2})$/.exec(value) ?? [];
  const { length } = Buffer.from(base64 ?? '', 'base64');
  if (length >= 24 && length <= 64) return value;
  throw invalid(
    'expects whsec_ and 24 to 64 bytes as base64: make it with "echo whsec_$(openssl rand -base64 32)"',
  );
});

/** Separated by commas; in lower case, as host names are compared. */
export const hostNames = reader(Type.Array(Type.String()), (value): readonly string[] => {
  const names = listOf(value);
  if (names.every((name) => /^[a-z0-9.-]{1,253}$/.test(name))) return names;
  throw invalid('expects host names separated by commas, without ports, e.g. bridge.internal,bridge');
});

/** Separated by commas; folded, as addresses are compared. */
export const addresses = reader(Type.Array(Type.String()), (value): readonly string[] => {
  const all = listOf(value);
  if (all.every((address) => /^[^@\s]+@[^@\s]+$/.test(address))) return all;
  throw invalid('expects e-mail addresses separated by commas, e.g. ana@example.com,it@example.com');
});

/** Separated by commas; in lower case. */
export const domains = reader(Type.Array(Type.String()), (value): readonly string[] => {
  const all = listOf(value);
  if (all.every((domain) => /^[a-z0-9-]{1,63}(\.[a-z0-9-]{1,63})+$/.test(domain))) return all;
  throw invalid('expects domains separated by commas, without @ and *, e.g. example.com,example.org');
});

function listOf(value: string): readonly string[] {
  return value
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '');
}

export const databaseUrl = reader(Type.String(), (value): string => {
  if (/^sqlite:.+$/.test(value)) return value;
  if (!/^postgres(ql)?:\/\/.+$/.test(value))
    throw invalid('expects sqlite:PATH or postgres://USER:PASSWORD@HOST/DATABASE');
  // "@/" is the short form for a socket: the host is among the query's parameters.
  if (!URL.canParse(value.replace('@/', '@socket/')))
    throw invalid('is not a URL: write @ : / ? # % of the password as %40 %3A %2F %3F %23 %25');
  return value;
});

export const token = reader(Type.String(), (value): string => {
  if (/^[\x21-\x7e]{1,512}$/.test(value)) return value;
  throw invalid('expects up to 512 visible ASCII characters without spaces');
});

/** A bearer token of the bridge. A person who guesses it controls the workspace. */
export const bridgeToken = reader(Type.String(), (value): string => {
  if (value.length >= MIN_TOKEN_LENGTH) return token(value);
  throw invalid(
    `expects ${MIN_TOKEN_LENGTH} characters or more, or anybody can guess it: make one with "openssl rand -hex 32"`,
  );
});

export const slug = reader(Type.String({ pattern: SLUG.source }), (value): string => {
  if (SLUG.test(value)) return value;
  throw invalid("expects the workspace's name as in its URL: letters, digits, - and _");
});

/** Separated by commas. */
export const slugs = reader(Type.Array(Type.String()), (value): readonly string[] => {
  const names = value.split(',').map((name) => slug(name.trim()));
  // Paths ignore case.
  if (new Set(names.map((name) => name.toLowerCase())).size === names.length) return names;
  throw invalid('expects each workspace once');
});

export const connectionName = reader(Type.String({ pattern: CONNECTION_NAME.source }), (value) => {
  if (CONNECTION_NAME.test(value)) return value;
  throw invalid('expects a name of up to 64 letters, digits, - and _, e.g. okta');
});

export const rate = reader(Type.Number({ minimum: 0.1, maximum: 1_000 }), (value): number => {
  const number = Number(value);
  if (!/^\d+(\.\d+)?$/.test(value) || number < 0.1 || number > 1_000)
    throw invalid('expects a number of calls a second, from 0.1 to 1000');
  return number;
});

export function oneOf<T extends string>(known: readonly T[]): ValueReader<T> {
  return reader(Type.Enum([...known]), (value) => {
    const found = known.find((one) => one === value);
    if (found === undefined) throw invalid(`expects one of ${known.join(', ')}`);
    return found;
  });
}

export function numberFrom(least: number, most: number): ValueReader<number> {
  return reader(Type.Integer({ minimum: least, maximum: most }), (value) => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < least || number > most)
      throw invalid(`expects a whole number from ${least} to ${most}`);
    return number;
  });
}

/** Names that an operator pins for a connection, separated by commas. */
export const pins = reader(Type.Array(Type.Enum([...IDP_PROFILES, ...ANSWER_SHAPES])), (value): Pins =>
  readPins(value.split(',').map((name) => name.trim())),
);

/** For NODE_ENV, which has other values for other programs. */
export const isProduction = reader(Type.String(), (value): boolean => {
  return value.trim().toLowerCase() === 'production';
});

export const yesOrNo = reader(Type.Boolean(), (value): boolean => {
  if (/^(true|false)$/i.test(value)) return value.toLowerCase() === 'true';
  throw invalid('expects true or false');
});

/** Also in one line with \\n for line ends, as in some settings files. */
export const privateKey = reader(Type.String(), (value): string => {
  const { pem, key } = pemOf(value);
  const { asymmetricKeyType: type, asymmetricKeyDetails: details } = key;
  if (type === 'ec' && details?.namedCurve === 'prime256v1') return pem;
  if (type === 'rsa' && (details?.modulusLength ?? 0) >= MIN_RSA_BITS) return pem;
  throw invalid(`expects a key of the curve P-256, or an RSA key of ${MIN_RSA_BITS} bits or more`);
});

export const signingKey = reader(Type.String(), (value): string => {
  const { pem, key } = pemOf(value);
  if (key.asymmetricKeyType === 'ed25519') return pem;
  throw invalid('expects an Ed25519 key: make one with "openssl genpkey -algorithm ed25519"');
});

/** In an environment variable, line feeds may be written as \\n. */
function pemOf(value: string): { readonly pem: string; readonly key: KeyObject } {
  const pem = value.replaceAll('\\n', '\n');
  try {
    return { pem, key: createPrivateKey(pem) };
  } catch {
    throw invalid('expects a private key as PEM');
  }
}

function invalid(message: string): BridgeError {
  return new BridgeError('invalid_config', message);
}
