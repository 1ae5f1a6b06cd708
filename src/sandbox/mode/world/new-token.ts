/** Mode's tokens: 12 hexadecimal characters, random unless whoever starts the sandbox says which come next. */
import { randomBytes } from 'node:crypto';

/** @returns a token that it has not returned before */
export type NewToken = () => string;

export const newToken: NewToken = () => randomBytes(6).toString('hex');
