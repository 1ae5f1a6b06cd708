/** Which encoding an answer is sent in (RFC 9110, 12.5.3), and the streams that make it. */
import type { Transform } from 'node:stream';
import { constants, createGzip, createZstdCompress } from 'node:zlib';

/** In the order of preference where the reader has none. */
const ENCODINGS = ['zstd', 'gzip', 'identity'] as const;
export type Encoding = (typeof ENCODINGS)[number];

/** Fast ones: what is sent is read once. */
const ZSTD_LEVEL = 3;
const GZIP_LEVEL = 4;
/** A window that every decoder takes (RFC 8878, 3.1.1.1.2). */
const ZSTD_WINDOW_LOG = 20;

/** @param header Accept-Encoding; without one nothing is packed */
export function negotiate(header: string | undefined): Encoding {
  if (header === undefined) return 'identity';
  const weights = new Map<string, number>();
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((piece) => piece.trim());
    const weight = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    weights.set(name === 'x-gzip' ? 'gzip' : name, weight === undefined ? 1 : Number(weight) || 0);
  }
  const of = (encoding: Encoding) =>
    // Not to be packed is always acceptable unless it is refused by name.
    weights.get(encoding) ?? (encoding === 'identity' ? 0.001 : (weights.get('*') ?? 0));
  return ENCODINGS.reduce((best, encoding) => (of(encoding) > of(best) ? encoding : best));
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
