/** Masks the credentials in a URL: user, password, query, or a password that was not encoded. */

/** Query parameters whose values are never a secret; every other value is masked. */
const PLAIN_PARAMETERS: ReadonlySet<string> = new Set([
  'application_name',
  'connect_timeout',
  'sslmode',
  'target_session_attrs',
]);
const MASK = '****';

/**
 * The URL with its user, password, fragment and unknown query values masked. A text that cannot be parsed with
 * certainty shows only its scheme: `postgres://u:p/w@db/bridge` reads as the host `u`, and its path would show the
 * password.
 */
export function maskedUrl(text: string): string {
  const separator = text.indexOf('://');
  if (separator < 0) return text;
  const url = URL.parse(text);
  const hidden = `${text.slice(0, separator)}://${MASK}`;
  if (url === null || /[@:]/.test(decoded(url.pathname + url.search + url.hash))) return hidden;
  const credentials = url.username === '' && url.password === '' ? '' : `${MASK}@`;
  return `${url.protocol}//${credentials}${url.host}${url.pathname}${maskedQuery(url.searchParams)}`;
}

function maskedQuery(parameters: URLSearchParams): string {
  const shown = Array.from(parameters, ([name, value]) => {
    return PLAIN_PARAMETERS.has(name) ? `${name}=${encodeURIComponent(value)}` : `${name}=${MASK}`;
  });
  return shown.length === 0 ? '' : `?${shown.join('&')}`;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
