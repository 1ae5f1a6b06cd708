/** The signature of a webhook: Standard Webhooks, version v1 (HMAC-SHA-256 of id, time and body). */
import { createHmac } from 'node:crypto';

/**
 * @param secret `whsec_` and base64
 * @param at milliseconds since the epoch
 * @returns the headers
 */
export function signWebhook(
  secret: string,
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
): Readonly<Record<string, string>> {
  const timestamp = String(Math.floor(at / 1_000));
  const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
  const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
  return { 'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': `v1,${signature}` };
}
