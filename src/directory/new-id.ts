/**
 * A new id: unique, hard to guess, and increasing with time (UUID version 7, RFC 9562), so that new rows are next to each
 * other on disk.
 */
export { randomUUIDv7 as newId } from 'node:crypto';
