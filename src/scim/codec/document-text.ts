/** Serialises a document for storage. Many small PATCHes must not make it larger than one request could. */
import type { Attributes } from '../../directory/attributes.ts';
import { BridgeError } from '../../errors.ts';

const MAX_LENGTH = 256 * 1024;

/** @throws BridgeError too_many */
export function documentText(document: Attributes): string {
  const text = JSON.stringify(document);
  if (text.length <= MAX_LENGTH) return text;
  throw new BridgeError('too_many', `A resource can have at most ${MAX_LENGTH / 1024} KiB of attributes.`);
}
