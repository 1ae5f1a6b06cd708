/** The export formats. A new format is one file and one line here. */
import { BridgeError } from '../errors.ts';
import { c1z } from './c1z/c1z.ts';
import { batonFile } from './encoders/baton-file.ts';
import { csv } from './encoders/csv.ts';
import { json } from './encoders/json.ts';
import { ndjson } from './encoders/ndjson.ts';
import { oaa } from './encoders/oaa.ts';
import type { FeedFormat } from './feed-format.ts';

export const FEED_FORMATS: readonly FeedFormat[] = [json, ndjson, csv, batonFile, c1z, oaa];

/** @throws BridgeError unknown_format */
export function feedFormat(name: string): FeedFormat {
  const format = FEED_FORMATS.find((known) => known.name === name);
  if (format !== undefined) return format;
  const known = FEED_FORMATS.map((each) => each.name).join(', ');
  throw new BridgeError('unknown_format', `The format "${name}" does not exist. Use one of ${known}.`);
}
