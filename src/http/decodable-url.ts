/** A URL whose path can be decoded, so that every request has a route, a scope and its hooks. */

/** @returns the URL unchanged; with every percent sign of its path escaped when the path cannot be decoded */
export function decodableUrl(url: string): string {
  if (!url.includes('%')) return url;
  const [path = ''] = url.split('?', 1);
  if (isDecodable(path)) return url;
  return path.replaceAll('%', '%25') + url.slice(path.length);
}

function isDecodable(path: string): boolean {
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
