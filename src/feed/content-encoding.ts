/** Chooses the encoding of a response (RFC 9110, 12.5.3), and creates the stream that compresses it. */
import type { Transform } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

/** In order of preference, for readers without a preference of their own. */
const ENCODINGS = ['zstd', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Fast levels, because a response is read only once. */
const ZSTD_LEVEL = 3;
const GZIP_LEVEL = 4;
/** The window size that every decoder accepts (RFC 8878, 3.1.1.1.2). */
const ZSTD_WINDOW_LOG = 20;

/** @param header Accept-Encoding; without it, nothing is compressed */
export function negotiate(header: string | undefined): Encoding {
  if (header === undefined) return 'identity';
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight) || 0);
  }
  const weightOf = (encoding: Encoding) =>
    // An uncompressed response is always acceptable, unless it is refused by name.
    weights.get(encoding) ?? (encoding === 'identity' ? 0.001 : (weights.get('*') ?? 0));
  return ENCODINGS.reduce((best, encoding) => (weightOf(encoding) > weightOf(best) ? encoding : best));
}

export function encoder(encoding: Exclude<Encoding, 'identity'>): Transform {
  if (encoding === 'gzip') return createGzip({ level: GZIP_LEVEL });
  return createZstdCompress({
    params: {
      [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL,
      [constants.ZSTD_c_windowLog]: ZSTD_WINDOW_LOG,
    },
  });
}
