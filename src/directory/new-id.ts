/**
 * A new id: unique, not to be guessed, and rising with time (UUID version 7, RFC 9562), so that new rows lie beside each
 * other on disk.
 */
export { randomUUIDv7 as newId } from 'node:crypto';
