/** Mode's tokens: 12 hexadecimal characters, random unless `startSandbox` is given its own function. */
import { randomBytes } from 'node:crypto';

/** @returns a new token each time */
export type NewToken = () => string;

export const newToken: NewToken = () => randomBytes(6).toString('hex');
