/** The key with which the bridges of stories sign their audit logs. */
import { generateKeyPairSync } from 'node:crypto';
import { createSigner } from '../../src/audit/checkpoint.ts';

const { privateKey } = generateKeyPairSync('ed25519');

export const auditSigner = createSigner(privateKey.export({ type: 'pkcs8', format: 'pem' }));
